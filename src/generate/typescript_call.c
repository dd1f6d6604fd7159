/* typescript_call.c: the functions of the schema as TypeScript types. */
#include "generate/typescript_writer.h"

static void write_arguments(typescript_writer *w, const function *f) {
    const model *m = f->arguments;
    if (m->column_count == 0) {
        typescript_page_member(&w->page, STR("Args"),
                               STR("Record<PropertyKey, never>"));
        return;
    }
    typescript_page_open(&w->page, STR("Args"));
    for (size_t i = 0; i < m->column_count; i++) {
        const field *one = m->columns[i];
        const char *mark = function_argument_is_optional(one) ? "?" : "";
        str member = typescript_key(w->a, one->name);
        typescript_page_doc(&w->page, one->doc);
        typescript_write_value(
            w, arena_printf(w->a, "%.*s%s", STR_ARG(member), mark), one,
            one->is_list, one->is_optional);
    }
    typescript_page_close(&w->page, STR(";"));
}

static const char *kind_of(const model *m) {
    if (m->is_shape)
        return "CompositeTypes";
    return m->is_view ? "Views" : "Tables";
}

static str path_of(const typescript_writer *w, const model *m) {
    return m->is_shape
               ? typescript_path(w, w->schemas[0], kind_of(m), m->name)
               : typescript_path(w, model_home(m), kind_of(m), m->table);
}

/* A call without select answers with what `*` has. */
static void write_star(typescript_writer *w, str path, str end) {
    typescript_page *p = &w->page;
    typescript_page_open_list(p, STR("Returns"), STR("Omit<"));
    typescript_page_item(p,
                         arena_printf(w->a, "%.*s[\"Row\"],", STR_ARG(path)));
    typescript_page_item(
        p, arena_printf(w->a, "%.*s[\"ComputedFields\"]", STR_ARG(path)));
    typescript_page_close_list(p, arena_printf(w->a, ">%.*s", STR_ARG(end)));
}

static void write_named_rows(typescript_writer *w, const function *f, str end) {
    const model *m = f->row;
    str path = path_of(w, m);
    if (typescript_has_hidden(w, m)) {
        write_star(w, path, end);
        return;
    }
    str type =
        m->is_shape ? path : arena_printf(w->a, "%.*s[\"Row\"]", STR_ARG(path));
    typescript_union rows = {.types = &type,
                             .count = 1,
                             .is_list = f->is_list,
                             .is_nullable = f->is_optional};
    typescript_page_union(&w->page, STR("Returns"), &rows);
}

/* By this select on the result knows the table, and what it can embed. */
static void write_set(typescript_writer *w, const function *f) {
    const model *m = f->row;
    if (m->is_shape || !str_equal(model_home(m), w->schemas[0]))
        return;
    typescript_page_open(&w->page, STR("SetofOptions"));
    typescript_page_member(&w->page, STR("from"), STR("\"*\""));
    typescript_page_member(&w->page, STR("to"),
                           typescript_string(w->a, m->table));
    typescript_page_member(&w->page, STR("isOneToOne"),
                           f->is_list ? STR("false") : STR("true"));
    typescript_page_member(&w->page, STR("isSetofReturn"),
                           f->is_list ? STR("true") : STR("false"));
    typescript_page_close(&w->page, STR(";"));
}

static void write_rows(typescript_writer *w, const function *f) {
    str end = f->is_list       ? STR("[];")
              : f->is_optional ? STR(" | null;")
                               : STR(";");
    if (!typescript_has_model(w, f->row)) {
        typescript_write_row(w, STR("Returns"), f->row, end);
        return;
    }
    write_named_rows(w, f, end);
    write_set(w, f);
}

static void write_result(typescript_writer *w, const function *f) {
    switch (f->result) {
    case RESULT_VOID:
        typescript_page_member(&w->page, STR("Returns"), STR("null"));
        return;
    case RESULT_VALUE:
        typescript_write_value(w, STR("Returns"), f->row->columns[0],
                               f->is_list, f->is_optional);
        return;
    case RESULT_ROW:
        write_rows(w, f);
        return;
    }
}

void typescript_write_function(typescript_writer *w, const function *f) {
    typescript_page_doc(&w->page, f->doc);
    typescript_page_open(&w->page, typescript_key(w->a, f->name));
    write_arguments(w, f);
    write_result(w, f);
    typescript_page_close(&w->page, STR(";"));
}
