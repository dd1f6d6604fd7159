#include "database/introspect/introspect.h"

#include "base/assert.h"
#include "database/introspect/introspect_draft.h"
#include "schema/format.h"
#include "schema/parser.h"

/* Much more than any database's tables need. */
enum { MAX_BYTES = 256 * 1024 * 1024 };

static str format(arena *a, str text) {
    source *written = arena_new_array(a, source, 1);
    diag_list diags = {0};
    *written = (source){.path = STR("schema.prisma"), .text = text};
    const syntax_file *file = parser_run(a, written, &diags);
    ASSERT(diags.count == 0);
    return format_text(a, file);
}

str introspect_schema(arena *a, const structure *s,
                      introspect_options options) {
    draft d = {.a = a, .structure = s, .options = options};
    draft_name_all(&d);
    draft_type_columns(&d);
    draft_add_keys(&d);
    draft_add_relations(&d);
    draft_add_defaults(&d);

    CLEANUP(buf_free) buf out = buf_new(MAX_BYTES);
    draft_print(&out, &d);
    ASSERT(!out.is_overflown);
    return format(a, arena_copy(a, buf_str(&out)));
}
