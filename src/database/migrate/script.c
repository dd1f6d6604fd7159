#include "database/migrate/script.h"

#include "database/migrate/plan.h"

typedef struct reading {
    arena *a;
    script_part *parts;
    size_t count;
    str text;
    size_t start; /* of the part that is being read */
    bool is_outside;
} reading;

static void end_part(reading *r, size_t end) {
    script_part part = {
        .sql = str_slice(r->text, r->start, end),
        .is_outside_transaction = r->is_outside,
    };
    if (!str_is_empty(str_trim(part.sql)))
        ARENA_PUSH(r->a, r->parts, r->count, part);
}

script script_read(arena *a, str text) {
    reading r = {.a = a, .text = text};
    str rest = text;
    while (!str_is_empty(rest)) {
        size_t at = text.len - rest.len;
        str line = str_trim(str_split(&rest, '\n'));
        bool is_outside = str_equal(line, STR(PLAN_OUTSIDE));
        if (!is_outside && !str_equal(line, STR(PLAN_INSIDE)))
            continue;
        end_part(&r, at);
        r.start = text.len - rest.len;
        r.is_outside = is_outside;
    }
    end_part(&r, text.len);
    return (script){r.parts, r.count};
}
