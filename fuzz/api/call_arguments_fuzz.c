/*
 * Calls of a function whose arguments may all be left out: by GET, as JSON and
 * as a form, as the first byte says. Each value that comes out is of its
 * argument's type, and what a query string has besides arguments is read again
 * as nothing else.
 */
#include "api/rest/call_arguments.h"

#include "base/assert.h"
#include "base/utf8.h"
#include "schema/load.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const str SCHEMA =
    STR_INIT("enum Color {\n  RED\n  BLUE\n}\n"
             "type Row {\n  id Int\n  text String\n}\n"
             "function f returns Row[] {\n"
             "  number  Int?\n  text    String?\n  color   Color?\n"
             "  when    DateTime?\n  price   Decimal?\n  raw     Bytes?\n"
             "  data    Json?\n  flag    Boolean?\n"
             "  words   String[] @default([])\n"
             "  @@sql(\"SELECT 1 AS id, '' AS text\")\n  @@stable\n}\n");

static rest_tables TABLES;

static const function *load(void) {
    static arena *kept;
    if (kept == NULL) {
        diag_list diags = {0};
        const schema *s = NULL;
        kept = arena_new();
        ASSERT(schema_load_text(kept, STR("fuzz"), SCHEMA, ENGINE_SQLITE,
                                &diags, &s) == NULL);
        TABLES = rest_tables_new(kept, &(app){.schema = s});
    }
    return &TABLES.schema->functions[0];
}

static value_kind kind_of(const field *f) {
    if (f->kind == FIELD_ENUM || f->is_list)
        return VALUE_TEXT;
    switch (f->scalar) {
    case SCALAR_BOOLEAN:
        return VALUE_BOOL;
    case SCALAR_INT:
    case SCALAR_BIGINT:
        return VALUE_INT;
    case SCALAR_FLOAT:
        return VALUE_FLOAT;
    case SCALAR_BYTES:
        return VALUE_BYTES;
    case SCALAR_STRING:
    case SCALAR_DECIMAL:
    case SCALAR_DATETIME:
    case SCALAR_JSON:
        break;
    }
    return VALUE_TEXT;
}

static size_t check_values(const function *f, const call_arguments *given) {
    size_t count = 0;
    for (size_t i = 0; i < f->arguments->column_count; i++) {
        const value *v = &given->values[i];
        bool is_given = v->kind != VALUE_DEFAULT && v->kind != VALUE_NULL;
        count += v->kind != VALUE_DEFAULT;
        if (is_given)
            ASSERT(v->kind == kind_of(f->arguments->columns[i]));
        if (is_given && v->kind == VALUE_TEXT)
            ASSERT(utf8_is_valid(v->text));
    }
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    CLEANUP(arena_release) arena *a = arena_new();
    const function *f = load();
    if (size == 0)
        return 0;
    str text = {(const char *)data + 1, size - 1};
    http_request http = {.method = data[0] == 'g' ? HTTP_GET : HTTP_POST};
    rest_request r = {.tables = &TABLES,
                      .table = rest_tables_get(&TABLES, f->row),
                      .http = &http};
    if (data[0] == 'g')
        http.query = text;
    else
        http.body = text;
    if (data[0] == 'f')
        r.content_type = STR("application/x-www-form-urlencoded");
    call_arguments given;
    if (call_arguments_read(a, &r, f, &given) != NULL)
        return 0;
    (void)check_values(f, &given);
    http.method = HTTP_GET;
    http.query = given.query;
    call_arguments again;
    ASSERT(call_arguments_read(a, &r, f, &again) == NULL);
    ASSERT(check_values(f, &again) == 0);
    ASSERT(str_equal(again.query, given.query));
    return 0;
}
