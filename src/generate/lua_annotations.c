#include "generate/lua_annotations.h"

#include "base/attr.h"

/* ---- Types --------------------------------------------------------------- */

static const str TYPES[] = {
    [SCALAR_STRING] = STR_INIT("string"),
    [SCALAR_BOOLEAN] = STR_INIT("boolean"),
    [SCALAR_INT] = STR_INIT("integer"),
    [SCALAR_BIGINT] = STR_INIT("integer|string"),
    [SCALAR_FLOAT] = STR_INIT("number"),
    [SCALAR_DECIMAL] = STR_INIT("string"),
    [SCALAR_DATETIME] = STR_INIT("string"),
    [SCALAR_JSON] = STR_INIT("any"),
    [SCALAR_BYTES] = STR_INIT("string"),
};
_Static_assert(LENGTH(TYPES) == SCALAR_TYPE_COUNT, "every type is named");

static void write_type(buf *out, const field *f) {
    str type = f->kind == FIELD_ENUM ? f->enumeration->name : TYPES[f->scalar];
    bool is_union = str_find_char(type, '|') < type.len;
    if (f->is_list && is_union)
        buf_printf(out, "(%.*s)[]", STR_ARG(type));
    else
        buf_printf(out, "%.*s%s", STR_ARG(type), f->is_list ? "[]" : "");
}

/* Documentation is one line here. */
static void write_doc(buf *out, str doc) {
    for (size_t i = 0; i < doc.len; i++)
        buf_append_char(
            out, doc.ptr[i] == '\n' || doc.ptr[i] == '\r' ? ' ' : doc.ptr[i]);
}

static void write_quoted(buf *out, str text) {
    buf_append_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"' || text.ptr[i] == '\\')
            buf_append_char(out, '\\');
        buf_append_char(out, text.ptr[i]);
    }
    buf_append_char(out, '"');
}

static void write_enum(buf *out, const enumeration *e) {
    buf_printf(out, "---@alias %.*s ", STR_ARG(e->name));
    for (size_t i = 0; i < e->value_count; i++) {
        buf_append(out, i > 0 ? STR("|") : STR(""));
        write_quoted(out, e->values[i].database_name);
    }
    buf_append(out, STR("\n"));
}

/* ---- Models -------------------------------------------------------------- */

static void write_field(buf *out, const field *f, bool is_optional) {
    buf_printf(out, "---@field %.*s%s ", STR_ARG(f->name),
               is_optional ? "?" : "");
    write_type(out, f);
    if (!str_is_empty(f->doc)) {
        buf_append_char(out, ' ');
        write_doc(out, f->doc);
    }
    buf_append_char(out, '\n');
}

static void write_fields(buf *out, const model *m, bool is_input) {
    for (size_t i = 0; i < m->column_count; i++) {
        const field *f = m->columns[i];
        if (field_is_visible(f))
            write_field(out, f, is_input || f->is_optional || f->is_redacted);
    }
}

static void write_model(buf *out, const model *m) {
    buf_append(out, STR("\n"));
    if (!str_is_empty(m->doc)) {
        buf_append(out, STR("---"));
        write_doc(out, m->doc);
        buf_append(out, STR("\n"));
    }
    buf_printf(out, "---@class %.*s\n", STR_ARG(m->name));
    write_fields(out, m, false);
    buf_printf(out, "\n---@class %.*s.Input\n", STR_ARG(m->name));
    write_fields(out, m, true);
    buf_printf(out,
               "\n---@class %.*s.Change\n"
               "---@field before %.*s\n"
               "---@field after %.*s\n"
               "---@field changes table<string, {from: any, to: any}>\n"
               "---@field row integer\n",
               STR_ARG(m->name), STR_ARG(m->name), STR_ARG(m->name));
}

static bool is_shown(const model *m) {
    return !m->is_ignored && !m->is_shape;
}

/* ---- Functions ----------------------------------------------------------- */

/* A line for each model: the parts, with its name between them. */
static void write_for_models(buf *out, const schema *s, bool is_for_writes,
                             const str *parts, size_t count) {
    for (size_t i = 0; i < s->model_count; i++) {
        const model *m = &s->models[i];
        if (!is_shown(m) || (is_for_writes && m->is_view))
            continue;
        for (size_t k = 0; k < count; k++) {
            buf_append(out, k > 0 ? m->name : STR(""));
            buf_append(out, parts[k]);
        }
        buf_append(out, STR("\n"));
    }
}

static const struct hook_function {
    str name;
    str doc;
    str parameter;
    str suffix; /* behind the model's name: the parameter's type */
} HOOKS[] = {
    {STR_INIT("before"),
     STR_INIT("Called for each row before it is written; may change "
              "change.after."),
     STR_INIT("change"), STR_INIT(".Change")},
    {STR_INIT("after"),
     STR_INIT("Called for each row as a job behind the commit, at least once."),
     STR_INIT("change"), STR_INIT(".Change")},
    {STR_INIT("before_batch"),
     STR_INIT("The same as before, for up to 500 rows at once."),
     STR_INIT("changes"), STR_INIT(".Change[]")},
    {STR_INIT("after_batch"),
     STR_INIT("The same as after, for up to 500 rows at once."),
     STR_INIT("changes"), STR_INIT(".Change[]")},
};

static void write_hook_of(buf *out, const struct hook_function *h,
                          const model *m) {
    buf_printf(out,
               "---@overload fun(model: \"%.*s\", action: "
               "\"create\"|\"update\"|\"delete\", fn: fun(ctx: "
               "tenon.Context, %.*s: %.*s%.*s))\n",
               STR_ARG(m->name), STR_ARG(h->parameter), STR_ARG(m->name),
               STR_ARG(h->suffix));
}

static void write_hooks(buf *out, const schema *s) {
    for (size_t h = 0; h < LENGTH(HOOKS); h++) {
        for (size_t i = 0; i < s->model_count; i++)
            if (is_shown(&s->models[i]) && !s->models[i].is_view)
                write_hook_of(out, &HOOKS[h], &s->models[i]);
        if (h == 0)
            buf_append(out, STR("---@overload fun(model: string, action: "
                                "\"read\", fn: fun(ctx: tenon.Context))\n"));
        buf_printf(out,
                   "---%.*s\n---@param model string\n---@param action "
                   "tenon.Action\n---@param options {reads: string[]}\n"
                   "---@param fn function\nfunction tenon.%.*s(model, action, "
                   "options, fn) end\n\n",
                   STR_ARG(HOOKS[h].doc), STR_ARG(HOOKS[h].name));
    }
}

static void write_rows(buf *out, const schema *s) {
    static const str QUERY[] = {STR_INIT("---@overload fun(model: \""),
                                STR_INIT("\", options?: tenon.Query): "),
                                STR_INIT("[]")};
    static const str GET[] = {
        STR_INIT("---@overload fun(model: \""),
        STR_INIT("\", where: table, select?: string[]): "), STR_INIT("?")};
    static const str CREATE[] = {STR_INIT("---@overload fun(model: \""),
                                 STR_INIT("\", row: "), STR_INIT(".Input): "),
                                 STR_INIT("")};
    static const str UPDATE[] = {STR_INIT("---@overload fun(model: \""),
                                 STR_INIT("\", where: table, row: "),
                                 STR_INIT(".Input): "), STR_INIT("[]")};
    write_for_models(out, s, false, QUERY, LENGTH(QUERY));
    buf_append(out, STR("function tenon.query(model, options) end\n\n"));
    write_for_models(out, s, false, GET, LENGTH(GET));
    buf_append(out, STR("function tenon.get(model, where, select) end\n\n"));
    write_for_models(out, s, true, CREATE, LENGTH(CREATE));
    buf_append(out, STR("function tenon.create(model, row) end\n\n"));
    write_for_models(out, s, true, UPDATE, LENGTH(UPDATE));
    buf_append(out, STR("function tenon.update(model, where, row) end\n\n"));
}

static const char *const BEGINNING =
    "---@meta tenon\n"
    "-- Made of the schema by `tenon generate lua`: not to be edited.\n\n"
    "---@alias tenon.Action \"create\"|\"update\"|\"delete\"|\"read\"\n\n"
    "---@class tenon.Context\n"
    "---@field model string\n"
    "---@field action tenon.Action\n"
    "---@field principal {kind: \"anonymous\"|\"operator\"|\"system\", user?: "
    "string, token?: string, organization?: string, space?: string}\n"
    "---@field request {id?: string, address?: string, agent?: string, "
    "reason?: string}\n\n"
    "---@class tenon.Query\n"
    "---@field where? table\n"
    "---@field order_by? string|string[]\n"
    "---@field limit? integer\n"
    "---@field offset? integer\n"
    "---@field select? string[]\n\n"
    "---@class tenon.Job\n"
    "---@field id string\n"
    "---@field attempt integer\n"
    "---@field organization? string\n"
    "---@field progress fun(value: any)\n"
    "---@field is_cancelled fun(): boolean\n";

static const char *const END[] = {
    "---How many rows were deleted.\n"
    "---@param model string\n---@param where table\n---@return integer\n"
    "function tenon.delete(model, where) end\n\n"
    "---Reads and writes past the policies; the reason is in the audit log.\n"
    "---@param reason string\n---@return table\n"
    "function tenon.as_system(reason) end\n\n"
    "---What the function writes by its tx is one transaction.\n"
    "---@generic T\n---@param fn fun(tx: table): T?\n---@return T\n"
    "function tenon.transaction(fn) end\n\n"
    "---@param written table\n"
    "---@return {count: integer, rows: table[]}\n"
    "function tenon.result(written) end\n\n"
    "---Refuses with a text for the client (403).\n"
    "---@param message string\n"
    "function tenon.refuse(message) end\n\n"
    "---Refuses because of columns (400).\n"
    "---@param column string|table<string, string>\n"
    "---@param message? string\n---@param change? table\n"
    "function tenon.invalid(column, message, change) end\n\n",
    "---The row of a change as a table.\n"
    "---@param row table\n---@return table\n"
    "function tenon.fields(row) end\n\n"
    "---@param kind string\n---@param options table\n"
    "---@param fn fun(ctx: tenon.Context, payload: any, job: tenon.Job)\n"
    "---@overload fun(kind: string, fn: fun(ctx: tenon.Context, payload: any, "
    "job: tenon.Job))\n"
    "function tenon.job(kind, options, fn) end\n\n"
    "---@param name string\n---@param cron string\n---@param kind string\n"
    "---@param options? {time_zone?: string, payload?: any}\n"
    "function tenon.schedule(name, cron, kind, options) end\n\n"
    "---@param kind string\n---@param payload? any\n"
    "---@param options? {unique_key?: string, run_at?: string, delay?: "
    "integer, priority?: integer, organization?: string, max_attempts?: "
    "integer}\n---@return string?\n"
    "function tenon.enqueue(kind, payload, options) end\n\n"
    "---@param name string\n---@param fn fun(t: table)\n"
    "function tenon.test(name, fn) end\n\n",
    "---@type lightuserdata\ntenon.null = nil\n\n"
    "tenon.json = {}\n"
    "---@param value any\n---@return string\n"
    "function tenon.json.encode(value) end\n"
    "---@param text string\n---@param options? {numbers: \"text\"}\n"
    "---@return any\n"
    "function tenon.json.decode(text, options) end\n"
    "---@param list? table\n---@return table\n"
    "function tenon.json.array(list) end\n\n"
    "tenon.time = {}\n"
    "---@return string\nfunction tenon.time.now() end\n"
    "---@param text string\n---@return integer milliseconds\n"
    "function tenon.time.parse(text) end\n"
    "---@param ms integer\n---@return string\n"
    "function tenon.time.format(ms) end\n"
    "---@param text string\n---@param by {weeks?: number, days?: number, "
    "hours?: number, minutes?: number, seconds?: number, ms?: number}\n"
    "---@return string\nfunction tenon.time.add(text, by) end\n\n",
    "tenon.crypto = {}\n"
    "---@param text string\n---@return string\n"
    "function tenon.crypto.sha256(text) end\n"
    "---@param key string\n---@param text string\n---@return string\n"
    "function tenon.crypto.hmac(key, text) end\n"
    "---@param a string\n---@param b string\n---@return boolean\n"
    "function tenon.crypto.equal(a, b) end\n"
    "---@param bytes integer\n---@return string\n"
    "function tenon.crypto.random(bytes) end\n"
    "---@return string\nfunction tenon.crypto.uuid() end\n\n"
    "tenon.http = {}\n"
    "---@param request {url: string, method?: string, headers?: table<string, "
    "string>, body?: string, timeout?: integer}\n"
    "---@return {status: integer, headers: table<string, string>, body: "
    "string}\n"
    "function tenon.http.request(request) end\n\n"
    "tenon.log = {}\n"
    "---@param text string\n---@param data? any\n"
    "function tenon.log.debug(text, data) end\n"
    "---@param text string\n---@param data? any\n"
    "function tenon.log.info(text, data) end\n"
    "---@param text string\n---@param data? any\n"
    "function tenon.log.warn(text, data) end\n"
    "---@param text string\n---@param data? any\n"
    "function tenon.log.error(text, data) end\n"};

void lua_annotations_write(buf *out, const schema *s) {
    buf_append(out, str_of(BEGINNING));
    if (s->enum_count > 0)
        buf_append(out, STR("\n"));
    for (size_t i = 0; i < s->enum_count; i++)
        write_enum(out, &s->enums[i]);
    for (size_t i = 0; i < s->model_count; i++)
        if (is_shown(&s->models[i]))
            write_model(out, &s->models[i]);
    buf_append(out, STR("\ntenon = {}\n\n"));
    write_hooks(out, s);
    write_rows(out, s);
    for (size_t i = 0; i < LENGTH(END); i++)
        buf_append(out, str_of(END[i]));
}
