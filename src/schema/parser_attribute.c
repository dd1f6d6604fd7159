#include "schema/parser_attribute.h"

#include "schema/parser_list.h"

bool parser_attribute(cursor *c, syntax_attribute *out) {
    const token *first = cursor_take(c);
    *out = (syntax_attribute){.is_block = first->kind == TOKEN_AT_AT};
    if (cursor_peek(c)->kind != TOKEN_NAME || cursor_peek(c)->is_first) {
        cursor_report_missing(c, "the name of an attribute");
        cursor_skip_line(c);
        return false;
    }
    parser_path path = {0};
    bool is_read = parser_path_read(c, false, &path);
    out->name = path.whole;
    if (!is_read)
        cursor_skip_line(c);
    else if (cursor_peek(c)->kind == TOKEN_LEFT_PAREN)
        is_read = parser_arguments(c, &out->arguments, &out->argument_count);
    out->span = cursor_span_from(c, first);
    return is_read;
}
