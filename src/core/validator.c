#include "core/validator.h"

#include "base/utf8_case.h"
#include "core/validation_check.h"
#include "core/validation_report.h"
#include "io/fiber.h"
#include "schema/state_machine.h"

enum {
    /* How long one list may keep others waiting. */
    TURN_US = 1000,
    /* What one list may cost: texts just short of too costly add up. */
    MOST_US = 5 * 1000 * 1000,
};

typedef struct validator {
    arena *a;
    mutation *m;
    condition_row row;  /* of the mutation's cells */
    const bool *is_now; /* of the model's rules: judged from the cells */
    validation_report report;
    int64_t turn_began_us;
    int64_t spent_us; /* in the turns before */
} validator;

/* What the judge needs, for the engine's thread. */
typedef struct late_rules {
    const model *model;
    const bool *is_now;
    const bool *is_touched;
    const field **changed; /* by operators, with rules of their own */
    size_t changed_count;
    condition_row row; /* of the judged columns; cells are set for each row */
    bool has_rows;     /* rows are counted */
} late_rules;

/* ---- Which cells, which rules ------------------------------------------------------- */

static int32_t *map_cells(arena *a, const model *m) {
    int32_t *cell_of = arena_new_array(a, int32_t, m->column_count);
    for (size_t i = 0; i < m->column_count; i++)
        cell_of[i] = CONDITION_NO_CELL;
    return cell_of;
}

static bool has_rules(const mutation *m) {
    if (m->model->validation_count > 0)
        return true;
    for (size_t i = 0; i < m->field_count; i++) {
        if (m->fields[i]->validation_count > 0)
            return true;
    }
    return false;
}

static bool is_plain_insert(const mutation *m) {
    return m->kind == MUTATION_INSERT && m->on_conflict != CONFLICT_MERGE;
}

/* An insert that does not mention a column without a default leaves it null. */
static bool is_null_unless_given(const mutation *m, const field *f) {
    return is_plain_insert(m) && f->default_value.kind == DEFAULT_NONE;
}

/* Is the cell that the row will have in hand, in all rows? */
static bool is_known(const mutation *m, const int32_t *cell_of,
                     const field *f) {
    int32_t at = cell_of[f->column_index];
    if (at == CONDITION_NO_CELL)
        return is_null_unless_given(m, f);
    if (mutation_operator(m, (size_t)at) != RELATIVE_SET)
        return false;
    if (m->on_conflict == CONFLICT_MERGE && m->keeps_on_merge != NULL &&
        m->keeps_on_merge[at])
        return false;
    for (size_t row = 0; row < m->row_count; row++) {
        value_kind kind = m->values[row * m->field_count + (size_t)at].kind;
        if (kind == VALUE_DEFAULT || kind == VALUE_CELL)
            return false;
    }
    return true;
}

/* An update that leaves all columns of a rule alone is no business of it: rows
 * from before the rule can still be changed elsewhere. */
static bool is_touched(const mutation *m, const int32_t *cell_of,
                       const validation *rule) {
    if (rule->kind == VALIDATION_STATES && !is_plain_insert(m))
        return false; /* the database judges moves */
    if ((m->kind == MUTATION_INSERT && rule->kind != VALIDATION_STATES) ||
        rule->column_count == 0)
        return true;
    for (size_t i = 0; i < rule->column_count; i++) {
        if (cell_of[rule->columns[i]->column_index] != CONDITION_NO_CELL)
            return true;
    }
    return false;
}

static bool is_all_known(const mutation *m, const int32_t *cell_of,
                         const validation *rule) {
    for (size_t i = 0; i < rule->column_count; i++) {
        if (!is_known(m, cell_of, rule->columns[i]))
            return false;
    }
    return true;
}

/* ---- Transforms ------------------------------------------------------------------------ */

static bool has_transform(const field *f) {
    return f->validation_count > 0 &&
           validation_is_transform(f->validations[0].kind);
}

static str transform(arena *a, const field *f, str text) {
    for (size_t i = 0; i < f->validation_count; i++) {
        validation_kind kind = f->validations[i].kind;
        if (kind == VALIDATION_TRIM)
            text = utf8_trim(text);
        else if (kind == VALIDATION_LOWER)
            text = utf8_lower(a, text);
        else if (kind == VALIDATION_UPPER)
            text = utf8_upper(a, text);
    }
    return text;
}

/* The values are the client's until one changes. */
void validator_transform(arena *a, mutation *m) {
    value *own = NULL;
    size_t count = m->row_count * m->field_count;
    for (size_t i = 0; i < count; i++) {
        const field *f = m->fields[i % m->field_count];
        if (!has_transform(f) || m->values[i].kind != VALUE_TEXT)
            continue;
        str text = transform(a, f, m->values[i].text);
        if (str_equal(text, m->values[i].text))
            continue;
        if (own == NULL) {
            own = arena_new_array(a, value, count);
            memcpy(own, m->values, count * sizeof *own);
            m->values = own;
        }
        own[i].text = text;
    }
}

/* ---- Rows ---------------------------------------------------------------------------------- */

static void check_cell(validation_report *report, size_t row, const field *f,
                       const value *cell) {
    if (cell->kind == VALUE_NULL || cell->kind == VALUE_DEFAULT ||
        cell->kind == VALUE_CELL)
        return;
    for (size_t i = 0; i < f->validation_count; i++) {
        const validation *rule = &f->validations[i];
        validation_answer answer =
            validation_check(report->arena, f, rule, cell);
        if (answer == VALIDATION_PASSED)
            continue;
        validation_report_add(report, row, f, rule,
                              answer == VALIDATION_TOO_COSTLY);
        return;
    }
}

static bool is_set(const condition_row *row, const field *f) {
    int32_t at = row->cell_of[f->column_index];
    return at != CONDITION_NO_CELL && row->cells[at].kind != VALUE_NULL;
}

/* @@exactlyOne and its like. */
static truth count_set(const validation *rule, const condition_row *row) {
    size_t count = 0;
    for (size_t i = 0; i < rule->column_count; i++)
        count += is_set(row, rule->columns[i]);
    bool is_few = count <= 1 || rule->kind == VALIDATION_AT_LEAST_ONE;
    bool is_many = count >= 1 || rule->kind == VALIDATION_AT_MOST_ONE;
    return is_few && is_many ? TRUTH_TRUE : TRUTH_FALSE;
}

/* Of a new row. */
static truth begins_well(const validation *rule, const condition_row *row) {
    const field *f = rule->columns[0];
    const state_machine *machine = f->model->states;
    while (machine->field != f)
        machine++;
    const value *state = &row->cells[row->cell_of[f->column_index]];
    int at = state->kind == VALUE_TEXT
                 ? state_machine_find(machine, state->text)
                 : STATE_NONE;
    return at != STATE_NONE && machine->initial[at] ? TRUTH_TRUE : TRUTH_FALSE;
}

static truth judge_row(arena *a, const validation *rule,
                       const condition_row *row) {
    if (rule->kind == VALIDATION_STATES)
        return begins_well(rule, row);
    return validation_counts(rule->kind)
               ? count_set(rule, row)
               : condition_eval(a, rule->condition, row);
}

/* Of a rule about the row. */
static void check_rule(validation_report *report, size_t at,
                       const validation *rule, const condition_row *row) {
    truth t = judge_row(report->arena, rule, row);
    if (t == TRUTH_FALSE || t == TRUTH_TOO_COSTLY)
        validation_report_add(report, at, rule->about, rule,
                              t == TRUTH_TOO_COSTLY);
}

static void check_row(validator *v, size_t row) {
    const mutation *m = v->m;
    const value *cells = &m->values[row * m->field_count];
    for (size_t i = 0; i < m->field_count; i++)
        if (mutation_operator(m, i) == RELATIVE_SET)
            check_cell(&v->report, row, m->fields[i], &cells[i]);
    v->row.cells = cells;
    for (size_t i = 0; i < m->model->validation_count; i++) {
        if (v->is_now[i])
            check_rule(&v->report, row, &m->model->validations[i], &v->row);
    }
}

/* Tests and commands run outside of a fiber, where nobody waits. */
static err *end_turn(validator *v) {
    int64_t turn_us = clock_monotonic_us(NULL) - v->turn_began_us;
    if (turn_us < TURN_US)
        return NULL;
    v->spent_us += turn_us;
    if (v->spent_us > MOST_US)
        return err_new(
            v->a, ERR_TIMEOUT,
            "validating the rows takes too long: send fewer at once");
    if (fiber_current() != NULL) {
        fiber_yield();
        if (fiber_is_cancelled(fiber_current()))
            return err_new(v->a, ERR_CANCELLED, "the request was cancelled");
    }
    v->turn_began_us = clock_monotonic_us(NULL);
    return NULL;
}

static err *check_rows(validator *v) {
    v->turn_began_us = clock_monotonic_us(NULL);
    for (size_t row = 0; row < v->m->row_count; row++) {
        check_row(v, row);
        if (row + 1 < v->m->row_count)
            TRY(end_turn(v));
    }
    return NULL;
}

/* ---- Rules that wait for the row ----------------------------------------------------------- */

static err *judge(const void *context, arena *a, size_t row,
                  const value *cells) {
    const late_rules *late = context;
    condition_row written = late->row;
    written.cells = cells;
    validation_report report = validation_report_new(a, late->model);
    report.has_rows = late->has_rows;
    for (size_t i = 0; i < late->changed_count; i++) {
        const field *f = late->changed[i];
        check_cell(&report, row, f, &cells[late->row.cell_of[f->column_index]]);
    }
    for (size_t i = 0; i < late->model->validation_count; i++) {
        if (late->is_touched[i] && !late->is_now[i])
            check_rule(&report, row, &late->model->validations[i], &written);
    }
    return validation_report_end(&report);
}

static void add_judged(arena *a, mutation *m, const field *const *fields,
                       size_t count, int32_t *cell_of) {
    query_column *judged =
        arena_new_array(a, query_column, m->judged_count + count);
    for (size_t i = 0; i < m->judged_count; i++)
        judged[i] = m->judged[i];
    for (size_t i = 0; i < count; i++) {
        const field *f = fields[i];
        if (cell_of[f->column_index] != CONDITION_NO_CELL)
            continue;
        cell_of[f->column_index] = (int32_t)m->judged_count;
        judged[m->judged_count++] = query_column_of(f);
    }
    m->judged = judged;
}

/* What an operator makes of a value is judged when it is made. */
static void add_changed(arena *a, late_rules *late, const mutation *m) {
    for (size_t i = 0; m->operators != NULL && i < m->field_count; i++) {
        if (m->operators[i] != RELATIVE_SET &&
            m->fields[i]->validation_count > 0)
            ARENA_PUSH(a, late->changed, late->changed_count, m->fields[i]);
    }
}

static void set_judge(validator *v, const bool *touched) {
    mutation *m = v->m;
    late_rules *late = arena_new_array(v->a, late_rules, 1);
    int32_t *cell_of = map_cells(v->a, m->model);
    *late = (late_rules){.model = m->model,
                         .is_now = v->is_now,
                         .is_touched = touched,
                         .row = {.cell_of = cell_of, .now = v->row.now},
                         .has_rows = v->report.has_rows};
    add_changed(v->a, late, m);
    for (size_t i = 0; i < m->model->validation_count; i++) {
        const validation *rule = &m->model->validations[i];
        if (touched[i] && !v->is_now[i])
            add_judged(v->a, m, rule->columns, rule->column_count, cell_of);
    }
    add_judged(v->a, m, late->changed, late->changed_count, cell_of);
    if (m->judged_count == 0)
        return;
    m->judge = judge;
    m->judge_context = late;
}

/* ---- Together ------------------------------------------------------------------------------ */

static const bool *choose_rules(validator *v, int32_t *cell_of) {
    const mutation *m = v->m;
    size_t count = m->model->validation_count;
    bool *touched = arena_new_array(v->a, bool, count);
    bool *now = arena_new_array(v->a, bool, count);
    for (size_t i = 0; i < count; i++) {
        const validation *rule = &m->model->validations[i];
        touched[i] = is_touched(m, cell_of, rule);
        now[i] = touched[i] && is_all_known(m, cell_of, rule);
    }
    v->is_now = now;
    return touched;
}

err *validator_run(const caller *c, mutation *m, default_maker *defaults) {
    arena *a = c->arena;
    if (!has_rules(m))
        return NULL;
    validator_transform(a, m);
    int32_t *cell_of = map_cells(a, m->model);
    for (size_t i = 0; i < m->field_count; i++)
        cell_of[m->fields[i]->column_index] = (int32_t)i;
    validator v = {
        .a = a,
        .m = m,
        .row = {.cell_of = cell_of, .now = default_maker_now(defaults)},
        .report = validation_report_new(a, m->model)};
    v.report.has_rows = m->kind == MUTATION_INSERT && m->row_count > 1;
    const bool *touched = choose_rules(&v, cell_of);
    TRY(check_rows(&v));
    TRY(validation_report_end(&v.report));
    set_judge(&v, touched);
    return NULL;
}
