/* doctor_schema.c: the schema file: does it load, and what does it open? */
#include "bin/doctor.h"

#include "core/policy.h"
#include "schema/function.h"
#include "schema/load.h"

static const char *ending(size_t count) {
    return count == 1 ? "" : "s";
}

/* ---- Loading ------------------------------------------------------------- */

static str tell_warnings(arena *a, const diag_list *diags) {
    if (diags->warning_count == 0)
        return (str){0};
    return arena_printf(a, ", with %zu warning%s", diags->warning_count,
                        ending(diags->warning_count));
}

static err *load(doctor *d, doctor_finding *out) {
    str path = config_text(d->config, CONFIG_SCHEMA);
    diag_list diags = {0};
    err *e = schema_load_file(d->arena, path, d->engine, &diags, &d->schema);
    str advice = STR("tenon check shows each with its place");
    if (e != NULL) {
        d->schema = NULL;
        bool is_absent = e->code == ERR_NOT_FOUND;
        return err_with_hint(e, is_absent ? STR("tenon init makes a schema "
                                                "file, --schema FILE names "
                                                "another")
                                          : advice);
    }
    str warnings = tell_warnings(d->arena, &diags);
    *out = (doctor_finding){
        .level = diags.warning_count > 0 ? DOCTOR_NOTE : DOCTOR_FINE,
        .sentence =
            arena_printf(d->arena, "%.*s loads, %zu model%s%.*s", STR_ARG(path),
                         d->schema->model_count, ending(d->schema->model_count),
                         STR_ARG(warnings)),
        .advice = diags.warning_count > 0 ? advice : (str){0},
    };
    return NULL;
}

/* ---- Who may do what ----------------------------------------------------- */

static const operation OPERATIONS[] = {OPERATION_READ, OPERATION_CREATE,
                                       OPERATION_UPDATE, OPERATION_DELETE};

static bool is_served(const model *m, operation op) {
    return !m->is_ignored && (!m->is_view || op == OPERATION_READ);
}

/* Somebody may do something with some of its rows. */
static bool is_open(const model *m) {
    for (size_t i = 0; i < m->rule_count; i++) {
        if (!m->rules[i].is_deny)
            return true;
    }
    return m->is_ignored;
}

static err *find_closed(doctor *d, doctor_finding *out) {
    doctor_names closed = {0};
    const schema *s = d->schema;
    for (size_t i = 0; i < s->model_count; i++) {
        if (!is_open(&s->models[i]))
            doctor_name(d->arena, &closed, s->models[i].name);
    }
    if (closed.count == 0) {
        out->sentence = STR("every model has a rule that allows something");
        return NULL;
    }
    *out = (doctor_finding){
        .level = DOCTOR_NOTE,
        .sentence =
            arena_printf(d->arena,
                         "%zu model%s no @@allow rule: reads find nothing, "
                         "writes are refused",
                         closed.count, closed.count == 1 ? " has" : "s have"),
        .details = doctor_names_text(d->arena, &closed),
        .advice = STR("say who may do what, as in @@allow('read', true)"),
    };
    return NULL;
}

typedef struct openness {
    str text;
    bool is_written; /* somebody unknown may write */
} openness;

static void add_line(arena *a, openness *o, str verb,
                     const doctor_names *names) {
    if (names->count == 0)
        return;
    str list = doctor_names_text(a, names);
    o->text = arena_printf(a, "%.*s%s%.*s %.*s", STR_ARG(o->text),
                           str_is_empty(o->text) ? "" : "\n", STR_ARG(verb),
                           STR_ARG(list));
}

static void look_at_models(doctor *d, const caller *anybody, openness *o) {
    const schema *s = d->schema;
    for (size_t k = 0; k < LENGTH(OPERATIONS); k++) {
        operation op = OPERATIONS[k];
        doctor_names names = {0};
        for (size_t i = 0; i < s->model_count; i++) {
            const model *m = &s->models[i];
            if (is_served(m, op) && policy_allows(anybody, m, op))
                doctor_name(d->arena, &names, m->name);
        }
        add_line(d->arena, o, operation_name(op), &names);
        o->is_written |= op != OPERATION_READ && names.count > 0;
    }
}

static void look_at_functions(doctor *d, const caller *anybody, openness *o) {
    const schema *s = d->schema;
    doctor_names names = {0};
    for (size_t i = 0; i < s->function_count; i++) {
        const function *f = &s->functions[i];
        if (!policy_allows(anybody, f->arguments, OPERATION_CALL))
            continue;
        doctor_name(d->arena, &names, f->name);
        o->is_written |= f->volatility == FUNCTION_VOLATILE;
    }
    add_line(d->arena, o, operation_name(OPERATION_CALL), &names);
}

/* Of each model the whole: conditions that nobody unknown can meet open none
 * of it. */
static err *find_open(doctor *d, doctor_finding *out) {
    app application = {.schema = d->schema};
    caller anybody = {.app = &application, .arena = d->arena};
    openness o = {0};
    look_at_models(d, &anybody, &o);
    look_at_functions(d, &anybody, &o);
    if (str_is_empty(o.text)) {
        out->sentence = STR("who is not signed in can do nothing");
        return NULL;
    }
    bool is_risky = o.is_written && command_is_production(d->command);
    *out = (doctor_finding){
        .level = is_risky ? DOCTOR_WARNING : DOCTOR_NOTE,
        .sentence = o.is_written ? STR("who is not signed in can read, and "
                                       "write")
                                 : STR("who is not signed in can read"),
        .details = o.text,
        .advice = is_risky ? STR("see that each of them is meant to be open "
                                 "to everybody")
                           : (str){0},
    };
    return NULL;
}

static const doctor_check CHECKS[] = {
    {.name = STR_INIT("schema"),
     .about = STR_INIT("the schema file loads"),
     .when = DOCTOR_HAS_FILE,
     .run = load},
    {.name = STR_INIT("closed models"),
     .about = STR_INIT("models that nobody can use"),
     .when = DOCTOR_HAS_FILE | DOCTOR_HAS_SCHEMA,
     .run = find_closed},
    {.name = STR_INIT("open to everybody"),
     .about = STR_INIT("what an anonymous caller can read and write"),
     .when = DOCTOR_HAS_FILE | DOCTOR_HAS_SCHEMA,
     .run = find_open},
};

const doctor_group DOCTOR_SCHEMA = {STR_INIT("schema"), CHECKS, LENGTH(CHECKS)};
