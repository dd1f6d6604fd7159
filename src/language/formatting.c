/* formatting.c: the whole document in its canonical form. */
#include "language/request.h"
#include "schema/format.h"
#include "schema/parser.h"

/* No edits for a document with syntax errors, or one that is formatted. */
err *request_formatting(const request *r) {
    const document *d = NULL;
    TRY(request_document(r, &d));
    source s = {d->path, d->text};
    diag_list diags = {0};
    const syntax_file *file = parser_run(r->arena, &s, &diags);
    str formatted =
        diags.error_count == 0 ? format_text(r->arena, file) : d->text;
    json_page_open(r->result, STR(""), '[');
    if (!str_equal(formatted, d->text)) {
        json_page_open(r->result, STR(""), '{');
        request_write_range(r, STR("range"), d->text, 0, (uint32_t)d->text.len);
        json_page_text(r->result, STR("newText"), formatted);
        json_page_close(r->result, '}');
    }
    json_page_close(r->result, ']');
    return NULL;
}
