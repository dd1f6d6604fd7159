/* doctor.c: `tenon doctor`: makes the checks and prints what they found. */
#include "bin/doctor.h"

#include "base/json.h"
#include "database/sqlite/lite_connection.h"

enum { NAMES_SHOWN = 20 };

static const doctor_group *const GROUPS[] = {
    &DOCTOR_SCHEMA,   &DOCTOR_DATABASE, &DOCTOR_LITE,
    &DOCTOR_POSTGRES, &DOCTOR_ROLES,    &DOCTOR_AUDIT,
    &DOCTOR_REPLICAS, &DOCTOR_FOUND,    &DOCTOR_SERVER,
};

static const str LEVELS[] = {
    [DOCTOR_FINE] = STR_INIT("ok"),
    [DOCTOR_NOTE] = STR_INIT("note"),
    [DOCTOR_WARNING] = STR_INIT("warning"),
    [DOCTOR_WRONG] = STR_INIT("wrong"),
};

/* ---- For the checks ------------------------------------------------------ */

void doctor_name(arena *a, doctor_names *to, str name) {
    if (to->count < NAMES_SHOWN)
        to->text = to->count == 0
                       ? name
                       : arena_printf(a, "%.*s, %.*s", STR_ARG(to->text),
                                      STR_ARG(name));
    to->count++;
}

str doctor_names_text(arena *a, const doctor_names *names) {
    if (names->count <= NAMES_SHOWN)
        return names->text;
    return arena_printf(a, "%.*s and %zu more", STR_ARG(names->text),
                        names->count - NAMES_SHOWN);
}

err *doctor_ask(doctor *d, const char *sql, const str *parameters, size_t count,
                pg_rows *out) {
    return pg_connection_query(d->arena, d->postgres, str_of(sql), parameters,
                               count, out);
}

str doctor_cell(const pg_rows *rows, size_t column) {
    return pg_rows_cell(rows, 0, column);
}

bool doctor_flag(const pg_rows *rows, size_t column) {
    return str_equal(doctor_cell(rows, column), STR("t"));
}

int64_t doctor_number(const pg_rows *rows, size_t column) {
    int64_t n = 0;
    (void)str_parse_int64(doctor_cell(rows, column), &n);
    return n;
}

/* ---- Making them --------------------------------------------------------- */

static bool is_due(const doctor *d, const doctor_check *check) {
    unsigned now = 0;
    now |= d->is_found ? DOCTOR_IS_FOUND : DOCTOR_HAS_FILE;
    now |= d->schema != NULL ? DOCTOR_HAS_SCHEMA : 0;
    now |= d->database != NULL ? DOCTOR_HAS_DATABASE : 0;
    now |= d->engine == ENGINE_SQLITE ? DOCTOR_ON_SQLITE : 0;
    now |= d->engine == ENGINE_POSTGRESQL ? DOCTOR_ON_POSTGRESQL : 0;
    return (check->when & now) == check->when;
}

static doctor_finding finding_of(arena *a, const err *e, str remedy) {
    CLEANUP(buf_free) buf text = buf_new(64 * 1024);
    err_print(&text, e);
    return (doctor_finding){.level = DOCTOR_WRONG,
                            .sentence = arena_copy(a, buf_str(&text)),
                            .details = e->details,
                            .advice = str_is_empty(e->hint) ? remedy : e->hint};
}

static doctor_finding make(doctor *d, const doctor_check *check) {
    doctor_finding found = {0};
    err *e = check->run(d, &found);
    return e != NULL ? finding_of(d->arena, e, check->remedy) : found;
}

/* ---- Printing ------------------------------------------------------------ */

static void print_lines(buf *out, const char *start, str lines) {
    while (!str_is_empty(lines)) {
        str line = str_split(&lines, '\n');
        buf_printf(out, "    %s%.*s\n", start, STR_ARG(line));
    }
}

static void print_finding(buf *out, str name, const doctor_finding *f) {
    buf_printf(out, "  %-8.*s%.*s: %.*s\n", STR_ARG(LEVELS[f->level]),
               STR_ARG(name), STR_ARG(f->sentence));
    print_lines(out, "  ", f->details);
    print_lines(out, "> ", f->advice);
}

static void write_member(buf *out, const char *name, str text) {
    buf_printf(out, "\"%s\":", name);
    json_write_string(out, text);
}

static void write_finding(buf *out, str group, str name,
                          const doctor_finding *f) {
    buf_append_char(out, '{');
    write_member(out, "group", group);
    buf_append_char(out, ',');
    write_member(out, "check", name);
    buf_append_char(out, ',');
    write_member(out, "level", LEVELS[f->level]);
    buf_append_char(out, ',');
    write_member(out, "message", f->sentence);
    buf_append_char(out, ',');
    write_member(out, "details", f->details);
    buf_append_char(out, ',');
    write_member(out, "advice", f->advice);
    buf_append_char(out, '}');
}

static void print_sum(buf *out, const size_t *counts) {
    size_t wrong = counts[DOCTOR_WRONG];
    size_t warnings = counts[DOCTOR_WARNING];
    if (wrong > 0)
        buf_printf(out, "\n%zu thing%s wrong", wrong,
                   wrong == 1 ? " is" : "s are");
    else
        buf_append(out, STR("\nnothing is wrong"));
    if (warnings > 0)
        buf_printf(out, ", %zu warning%s", warnings, warnings == 1 ? "" : "s");
    buf_append_char(out, '\n');
}

/* ---- The command --------------------------------------------------------- */

typedef struct report {
    buf *out;
    bool is_json;
    size_t counts[DOCTOR_WRONG + 1];
    size_t count;
} report;

static void add(report *r, const doctor_group *group, const doctor_check *check,
                const doctor_finding *f, bool is_first) {
    r->counts[f->level]++;
    if (r->is_json) {
        buf_append(r->out, r->count > 0 ? STR(",\n") : STR("["));
        write_finding(r->out, group->name, check->name, f);
    } else {
        if (is_first)
            buf_printf(r->out, "%s%.*s\n", r->count > 0 ? "\n" : "",
                       STR_ARG(group->name));
        print_finding(r->out, check->name, f);
    }
    r->count++;
}

static void make_group(doctor *d, report *r, const doctor_group *group) {
    bool is_first = true;
    for (size_t i = 0; i < group->count; i++) {
        const doctor_check *check = &group->checks[i];
        if (!is_due(d, check))
            continue;
        doctor_finding found = make(d, check);
        add(r, group, check, &found, is_first);
        is_first = false;
    }
}

static void let_go(doctor *d) {
    target_close(&d->database);
    pg_connection_close(&d->postgres);
    lite_disconnect(&d->lite);
}

err *command_doctor(command_context *c) {
    doctor d = {.arena = c->arena,
                .command = c,
                .config = &c->config,
                .is_found = config_is_on(&c->config, CONFIG_INTROSPECT)};
    report r = {.out = c->out, .is_json = command_has(c, STR("json"))};
    TRY(command_engine(c, &d.engine));
    for (size_t i = 0; i < LENGTH(GROUPS); i++)
        make_group(&d, &r, GROUPS[i]);
    let_go(&d);
    if (r.is_json)
        buf_append(c->out, STR("]\n"));
    else
        print_sum(c->out, r.counts);
    c->exit_code = r.counts[DOCTOR_WRONG] > 0 ? 1 : 0;
    return NULL;
}

void command_doctor_describe(buf *out) {
    buf_append(out, STR("\nWhat it looks at (docs/doctor.md):\n"));
    for (size_t i = 0; i < LENGTH(GROUPS); i++) {
        const doctor_group *group = GROUPS[i];
        buf_printf(out, "  %.*s\n", STR_ARG(group->name));
        for (size_t k = 0; k < group->count; k++)
            buf_printf(out, "    %-20.*s %.*s\n",
                       STR_ARG(group->checks[k].name),
                       STR_ARG(group->checks[k].about));
    }
}
