#include "api/rest/zone_output.h"

#include "base/json.h"
#include "base/timestamp.h"

enum {
    CELL_MAX = 64 * 1024 * 1024,
    DATE_LENGTH = sizeof "2024-01-31" - 1,
    ZONE_LENGTH = sizeof "+00:00" - 1,
    MINUTE = 60,
    HOUR = 60 * MINUTE,
};

/* --- a time --- */

/* +05:30, +00:53:28, in CSV also +05, as PostgreSQL writes them. */
static str format_offset(arena *a, int32_t offset, bool is_csv) {
    char sign = offset < 0 ? '-' : '+';
    int32_t n = offset < 0 ? -offset : offset;
    if (n % MINUTE != 0)
        return arena_printf(a, "%c%02d:%02d:%02d", sign, n / HOUR,
                            n / MINUTE % 60, n % MINUTE);
    if (is_csv && n % HOUR == 0)
        return arena_printf(a, "%c%02d", sign, n / HOUR);
    return arena_printf(a, "%c%02d:%02d", sign, n / HOUR, n / MINUTE % 60);
}

static int64_t seconds_of(timestamp t) {
    return t.ms / 1000 - (t.ms % 1000 < 0);
}

str zone_output_time(arena *a, const time_zone *zone, str text, bool is_csv) {
    timestamp t;
    if (!str_ends_with(text, STR("+00:00")) ||
        timestamp_parse(a, text, &t) != NULL)
        return text;
    int32_t offset = time_zone_offset(zone, seconds_of(t));
    timestamp local = {t.ms + (int64_t)offset * 1000};
    /* Behind the last year or before the first one UTC has to do. */
    if (!timestamp_is_in_range(local)) {
        local = t;
        offset = 0;
    }
    char shown[TIMESTAMP_LENGTH];
    size_t len = timestamp_format_short(local, shown) - ZONE_LENGTH;
    if (is_csv)
        shown[DATE_LENGTH] = ' ';
    str behind = format_offset(a, offset, is_csv);
    return arena_printf(a, "%.*s%.*s", (int)len, shown, STR_ARG(behind));
}

/* --- cells --- */

/* What is in a cell, below so many levels of arrays. */
typedef struct cell_kind {
    bool is_time;
    const embed *embed; /* or NULL */
    size_t depth;
} cell_kind;

static cell_kind kind_of_column(const query_column *c) {
    const field *f = query_result(c->field, c->derivation);
    return (cell_kind){
        .is_time = f->kind == FIELD_SCALAR && f->scalar == SCALAR_DATETIME,
        .depth = f->is_list,
    };
}

/* As deep as embeds are, which the planner bounds. */
static cell_kind find_kind(const query_column *columns, size_t count,
                           const embed *embeds, size_t embed_count, size_t at) {
    if (at < count)
        return kind_of_column(&columns[at]);
    at -= count;
    for (size_t i = 0; i < embed_count; i++) {
        const embed *e = &embeds[i];
        const query *q = &e->query;
        size_t cells = e->is_spread ? query_cell_count(q) : 1;
        if (at >= cells) {
            at -= cells;
            continue;
        }
        if (!e->is_spread)
            return (cell_kind){.embed = e};
        cell_kind found = find_kind(q->columns, q->column_count, q->embeds,
                                    q->embed_count, at);
        found.depth += !e->hop.is_to_one;
        return found;
    }
    return (cell_kind){0};
}

/* --- JSON --- */

static void write_json(arena *a, buf *out, const zone_output *o,
                       const cell_kind *kind, const json *j);

/* A key is kept as ,"name": */
static bool is_key(const row_column *column, str name) {
    CLEANUP(buf_free) buf text = buf_new(CELL_MAX);
    buf_append_char(&text, ',');
    json_write_string(&text, name);
    buf_append_char(&text, ':');
    return str_equal(buf_str(&text), column->key);
}

static cell_kind kind_of_member(const embed *e, str name) {
    const query *q = &e->query;
    size_t count = query_cell_count(q);
    for (size_t i = 0; i < count; i++)
        if (is_key(&e->keys[i], name))
            return find_kind(q->columns, q->column_count, q->embeds,
                             q->embed_count, i);
    return (cell_kind){0};
}

static void write_object(arena *a, buf *out, const zone_output *o,
                         const embed *e, const json *object) {
    for (uint32_t i = 0; i < object->count; i++) {
        cell_kind kind = kind_of_member(e, object->keys[i]);
        buf_append_char(out, i == 0 ? '{' : ',');
        json_write_string(out, object->keys[i]);
        buf_append_char(out, ':');
        write_json(a, out, o, &kind, &object->items[i]);
    }
    buf_append(out, object->count == 0 ? STR("{}") : STR("}"));
}

static void write_array(arena *a, buf *out, const zone_output *o,
                        const cell_kind *kind, const json *array) {
    cell_kind item = *kind;
    item.depth -= item.depth > 0;
    for (uint32_t i = 0; i < array->count; i++) {
        buf_append_char(out, i == 0 ? '[' : ',');
        write_json(a, out, o, &item, &array->items[i]);
    }
    buf_append(out, array->count == 0 ? STR("[]") : STR("]"));
}

static void write_json(arena *a, buf *out, const zone_output *o,
                       const cell_kind *kind, const json *j) {
    bool has_times = kind->is_time || kind->embed != NULL;
    if (has_times && j->kind == JSON_ARRAY)
        write_array(a, out, o, kind, j);
    else if (kind->embed != NULL && j->kind == JSON_OBJECT)
        write_object(a, out, o, kind->embed, j);
    else if (kind->is_time && j->kind == JSON_STRING)
        json_write_string(out, zone_output_time(a, o->zone, j->text, false));
    else
        json_write(out, j);
}

static str change_json(arena *a, const zone_output *o, const cell_kind *kind,
                       str text) {
    CLEANUP(buf_free) buf out = buf_new(CELL_MAX);
    const json *tree;
    if (json_parse(a, text, &tree) != NULL)
        return text;
    write_json(a, &out, o, kind, tree);
    return arena_copy(a, buf_str(&out));
}

/* --- rows --- */

static cell_kind kind_at(const zone_output *o, size_t at) {
    const selection *s = o->selection;
    return find_kind(s->columns, s->count, s->embeds, s->embed_count, at);
}

zone_output *zone_output_new(arena *a, const time_zone *zone,
                             const selection *s, bool is_csv) {
    zone_output *o = arena_new_array(a, zone_output, 1);
    *o = (zone_output){
        .zone = zone,
        .selection = s,
        .is_csv = is_csv,
        .keys = arena_new_array(a, row_column, s->key_count),
        .values = arena_new_array(a, value, s->key_count),
    };
    for (size_t i = 0; i < s->key_count; i++) {
        cell_kind kind = kind_at(o, i);
        o->keys[i] = s->keys[i];
        if (kind.is_time && kind.depth == 0)
            o->keys[i].type = SCALAR_STRING;
    }
    return o;
}

const value *zone_output_row(arena *a, zone_output *o, const value *values) {
    for (size_t i = 0; i < o->selection->key_count; i++) {
        cell_kind kind = kind_at(o, i);
        value *v = &o->values[i];
        *v = values[i];
        if (v->kind != VALUE_TEXT || (!kind.is_time && kind.embed == NULL))
            continue;
        if (kind.embed != NULL || kind.depth > 0)
            v->text = change_json(a, o, &kind, v->text);
        else
            v->text = zone_output_time(a, o->zone, v->text, o->is_csv);
    }
    return o->values;
}
