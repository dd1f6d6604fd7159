#include "database/migrate/plan_builder.h"

#include "base/assert.h"
#include "database/sql.h"
#include "database/structure_spelling.h"

static PRINTF_LIKE(3, 0) void end(plan_builder *b, bool is_outside,
                                  const char *title, va_list args) {
    if (b->sql.len == 0)
        return;
    plan_step step = {
        .title = arena_vprintf(b->a, title, args),
        .sql = arena_copy(b->a, buf_str(&b->sql)),
        .is_outside_transaction = is_outside,
    };
    buf_clear(&b->sql, SQL_MAX);
    ARENA_PUSH(b->a, b->steps, b->step_count, step);
}

void plan_builder_end(plan_builder *b, const char *title, ...) {
    va_list args;
    va_start(args, title);
    end(b, false, title, args);
    va_end(args);
}

void plan_builder_end_outside(plan_builder *b, const char *title, ...) {
    va_list args;
    va_start(args, title);
    end(b, true, title, args);
    va_end(args);
}

void plan_builder_warn(plan_builder *b, plan_risk risk, str table, str column,
                       const char *sentence, ...) {
    va_list args;
    va_start(args, sentence);
    plan_warning w = {
        .risk = risk,
        .table = table,
        .column = column,
        .sentence = arena_vprintf(b->a, sentence, args),
    };
    va_end(args);
    ARENA_PUSH(b->a, b->warnings, b->warning_count, w);
}

/* ---- Losses ------------------------------------------------------------- */

static const structure_column *likely_new_name(const plan_builder *b,
                                               const table_pair *p,
                                               const structure_column *gone) {
    for (size_t i = 0; i < p->column_count; i++) {
        const column_pair *c = &p->columns[i];
        if (c->from == NULL &&
            structure_is_same_type(b->a, b->to->engine, c->to, gone))
            return c->to;
    }
    return NULL;
}

static void warn_of_column(plan_builder *b, const table_pair *p,
                           const structure_column *gone) {
    ASSERT(p->to != NULL); /* a table that is dropped is told as a whole */
    if (gone->is_generated)
        return;
    plan_builder_warn(b, RISK_DATA_LOSS, p->to->name, gone->name,
                      "column \"%.*s\" of table \"%.*s\" and its values are"
                      " dropped",
                      STR_ARG(gone->name), STR_ARG(p->to->name));
    const structure_column *came = likely_new_name(b, p, gone);
    if (came != NULL)
        plan_builder_warn(b, RISK_LIKELY_RENAME, p->to->name, came->name,
                          "if \"%.*s\" of table \"%.*s\" is the new name of"
                          " \"%.*s\", say @renamed(from: \"%.*s\") at its"
                          " field",
                          STR_ARG(came->name), STR_ARG(p->to->name),
                          STR_ARG(gone->name), STR_ARG(gone->name));
}

/* Most of the columns that one of them has are those of the other. */
static bool is_alike(const structure_table *x, const structure_table *y) {
    size_t same = 0;
    for (size_t i = 0; i < x->column_count; i++)
        same += structure_find_column(y, x->columns[i].name) != NULL;
    size_t most =
        x->column_count > y->column_count ? x->column_count : y->column_count;
    return same * 3 >= most * 2;
}

static void warn_of_table(plan_builder *b, const structure_table *gone) {
    plan_builder_warn(b, RISK_DATA_LOSS, gone->name, STR(""),
                      "table \"%.*s\" and its rows are dropped",
                      STR_ARG(gone->name));
    for (size_t i = 0; i < b->match.table_count; i++) {
        const table_pair *p = &b->match.tables[i];
        if (p->from != NULL || !is_alike(gone, p->to))
            continue;
        plan_builder_warn(b, RISK_LIKELY_RENAME, p->to->name, STR(""),
                          "if table \"%.*s\" is the new name of \"%.*s\", say"
                          " @@renamed(from: \"%.*s\") in its model",
                          STR_ARG(p->to->name), STR_ARG(gone->name),
                          STR_ARG(gone->name));
        return;
    }
}

void plan_builder_warn_of_losses(plan_builder *b) {
    for (size_t i = 0; i < b->match.table_count; i++) {
        const table_pair *p = &b->match.tables[i];
        if (p->to == NULL)
            warn_of_table(b, p->from);
        for (size_t k = 0; k < p->column_count; k++)
            if (p->columns[k].to == NULL)
                warn_of_column(b, p, p->columns[k].from);
    }
}
