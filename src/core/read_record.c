#include "core/read_record.h"

#include "base/hex.h"
#include "base/json.h"
#include "base/sha256.h"
#include "database/recording.h"
#include "database/system_schema.h"
#include "schema/function.h"

enum {
    ABOUT_MAX = 64 * 1024,
    FILTER_SHOWN = 2000, /* bytes */
    VALUE_SHOWN = 200,
    VALUES_SHOWN = 100, /* of a list */
    COLUMNS_SHOWN = 100,
};

static const str PLACES[] = {
    [READ_ROWS] = STR_INIT("rows"),       [READ_EMBED] = STR_INIT("embed"),
    [READ_FILTER] = STR_INIT("filter"),   [READ_ORDER] = STR_INIT("order"),
    [READ_BETWEEN] = STR_INIT("between"), [READ_WRITTEN] = STR_INIT("written"),
};

void read_record_add(planner_walk *w, const model *m,
                     const read_wanted *wanted) {
    read_note *n = arena_new_array(w->caller->arena, read_note, 1);
    *n = (read_note){m, *wanted, w->reads};
    w->reads = n;
}

/* ---- Filters as text ---------------------------------------------------- */

static void write_cut(buf *out, str text) {
    size_t shown = text.len < VALUE_SHOWN ? text.len : VALUE_SHOWN;
    while (shown > 0 && shown < text.len &&
           ((unsigned char)text.ptr[shown] & 0xc0) == 0x80)
        shown--;
    buf_append(out, str_slice(text, 0, shown));
    buf_append(out, shown < text.len ? STR("...") : STR(""));
}

static void write_value(buf *out, const field *f, const value *v) {
    if (f != NULL && f->is_redacted) {
        buf_append(out, STR(RECORDING_REDACTED));
        return;
    }
    switch (v->kind) {
    case VALUE_INT:
        buf_append_int(out, v->integer);
        break;
    case VALUE_FLOAT:
        buf_printf(out, "%.17g", v->real);
        break;
    case VALUE_BOOL:
        buf_append(out, v->boolean ? STR("true") : STR("false"));
        break;
    case VALUE_TEXT:
        write_cut(out, v->text);
        break;
    case VALUE_BYTES:
        hex_encode(out, str_slice(v->text, 0,
                                  v->text.len < VALUE_SHOWN ? v->text.len
                                                            : VALUE_SHOWN));
        break;
    case VALUE_NULL:
    case VALUE_DEFAULT:
    case VALUE_CELL:
        buf_append(out, STR("null"));
        break;
    }
}

static const char *const OPERATORS[] = {
    [COMPARE_EQ] = "eq",   [COMPARE_NEQ] = "neq", [COMPARE_GT] = "gt",
    [COMPARE_GTE] = "gte", [COMPARE_LT] = "lt",   [COMPARE_LTE] = "lte",
};

static const char *const WHATS[] = {
    [IS_NULL] = "null",
    [IS_TRUE] = "true",
    [IS_FALSE] = "false",
    [IS_UNKNOWN] = "unknown",
};

static void write_name(buf *out, const filter *f, const char *operator) {
    buf_printf(out, "%.*s.%s", STR_ARG(f->field->column), operator);
}

static void write_values(buf *out, const filter *f) {
    write_name(out, f, "in.(");
    for (size_t i = 0; i < f->value_count && i < VALUES_SHOWN; i++) {
        buf_append(out, i > 0 ? STR(",") : STR(""));
        write_value(out, f->field, &f->values[i]);
    }
    buf_append(out, f->value_count > VALUES_SHOWN ? STR(",...)") : STR(")"));
}

static void write_one(buf *out, const filter *f) {
    static const char *const NAMES[] = {
        [FILTER_LIKE] = "like",     [FILTER_LIST] = "list",
        [FILTER_MATCH] = "match",   [FILTER_RANGE] = "range",
        [FILTER_SEARCH] = "search",
    };
    const char *name =
        f->kind == FILTER_COMPARE ? OPERATORS[f->op] : NAMES[f->kind];
    write_name(out, f, name);
    buf_append_char(out, '.');
    write_value(out, f->field, &f->value);
}

static void write_filter(buf *out, const filter *f);

static void write_group(buf *out, const filter *f) {
    buf_append(out, f->kind == FILTER_ALL ? STR("and(") : STR("or("));
    for (size_t i = 0; i < f->child_count && out->len < FILTER_SHOWN; i++) {
        buf_append(out, i > 0 ? STR(",") : STR(""));
        write_filter(out, f->children[i]);
    }
    buf_append_char(out, ')');
}

/* As deep as a client may nest filters, and cut when it is long. */
static void write_filter(buf *out, const filter *f) {
    if (out->len > FILTER_SHOWN)
        return;
    buf_append(out, f->is_negated ? STR("not.") : STR(""));
    switch (f->kind) {
    case FILTER_ALL:
    case FILTER_ANY:
        write_group(out, f);
        break;
    case FILTER_IN:
        write_values(out, f);
        break;
    case FILTER_IS:
        write_name(out, f, "is.");
        buf_append(out, str_of(WHATS[f->what]));
        break;
    case FILTER_EXISTS:
        buf_printf(out, "%.*s.exists", STR_ARG(f->related->query.model->table));
        break;
    case FILTER_COMPARE:
    case FILTER_LIKE:
    case FILTER_LIST:
    case FILTER_MATCH:
    case FILTER_RANGE:
    case FILTER_SEARCH:
        write_one(out, f);
        break;
    }
}

/* ---- The row ------------------------------------------------------------ */

/* Of a row that is asked for by its id alone. */
static str record_of(arena *a, const model *m, const filter *f) {
    const key *id = model_identity(m);
    while (f != NULL && f->kind == FILTER_ALL && f->child_count == 1 &&
           !f->is_negated)
        f = f->children[0];
    if (f == NULL || id == NULL || id->field_count != 1 || f->is_negated ||
        f->kind != FILTER_COMPARE || f->op != COMPARE_EQ ||
        f->field != id->fields[0] || f->derivation != NULL)
        return (str){0};
    CLEANUP(buf_free) buf text = buf_new(ABOUT_MAX);
    field plain = *f->field;
    plain.is_redacted = false;
    write_value(&text, &plain, &f->value);
    return f->field->is_redacted ? sha256_hex(a, buf_str(&text))
                                 : arena_copy(a, buf_str(&text));
}

static void write_columns(buf *out, const read_wanted *w) {
    buf_append(out, STR(",\"columns\":["));
    for (size_t i = 0; i < w->column_count && i < COLUMNS_SHOWN; i++) {
        buf_append(out, i > 0 ? STR(",") : STR(""));
        json_write_string(out, w->columns[i].field->column);
    }
    buf_append_char(out, ']');
}

static str about(arena *a, const read_wanted *w) {
    CLEANUP(buf_free) buf out = buf_new(ABOUT_MAX);
    buf_append(&out, STR("{\"as\":"));
    json_write_string(&out, PLACES[w->place]);
    if (w->call != NULL) {
        buf_append(&out, STR(",\"function\":"));
        json_write_string(&out, w->call->function->name);
    }
    if (w->column_count > 0)
        write_columns(&out, w);
    if (w->where != NULL) {
        CLEANUP(buf_free) buf text = buf_new(ABOUT_MAX);
        write_filter(&text, w->where);
        buf_append(&out, STR(",\"filter\":"));
        json_write_string(&out, buf_str(&text));
    }
    buf_append_char(&out, '}');
    return arena_copy(a, buf_str(&out));
}

static value text_or_null(str text) {
    return (value){.kind = text.ptr != NULL ? VALUE_TEXT : VALUE_NULL,
                   .text = text};
}

static const mutation *mutation_of(const caller *c, const function *f,
                                   const read_note *n) {
    arena *a = c->arena;
    value *arguments = arena_new_array(a, value, 3);
    function_call *call = arena_new_array(a, function_call, 1);
    mutation *m = arena_new_array(a, mutation, 1);
    arguments[0] = text_or_null(n->model->name);
    arguments[1] = text_or_null(record_of(a, n->model, n->wanted.where));
    arguments[2] = text_or_null(about(a, &n->wanted));
    *call = (function_call){.function = f, .arguments = arguments};
    *m = (mutation){.kind = MUTATION_CALL,
                    .model = f->row != NULL ? f->row : f->arguments,
                    .call = call,
                    .max_rows = MUTATION_ANY_COUNT,
                    .origin = c->origin};
    return m;
}

err *read_record_write(const planner_walk *w) {
    const caller *c = w->caller;
    const mutation **mutations = NULL;
    size_t count = 0;
    size_t failed_at;
    const function *f =
        c->app->system == NULL
            ? NULL
            : schema_find_function(c->app->system, STR("record_read"));
    if (f == NULL)
        return err_new(c->arena, ERR_UNAVAILABLE,
                       "reads of model %.*s are recorded, and there is no "
                       "audit log",
                       STR_ARG(w->reads->model->name));
    for (const read_note *n = w->reads; n != NULL; n = n->before)
        ARENA_PUSH(c->arena, mutations, count, mutation_of(c, f, n));
    mutation_result *results =
        arena_new_array(c->arena, mutation_result, count);
    return database_mutate_all(c->session, c->arena, mutations, count, results,
                               &failed_at);
}
