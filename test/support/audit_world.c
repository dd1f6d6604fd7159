#include "test/support/audit_world.h"

#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "test/support/test.h"

static const char SCHEMA[] = "model Task {\n"
                             "  name String @id\n"
                             "}\n"
                             "model Memo {\n"
                             "  name String @id\n"
                             "  @@audit(full, retention: \"1y\")\n"
                             "}\n";

int audit_world_setup(void **state) {
    database_world *w = NULL;
    database_world_begin_on(world_engine(state), SCHEMA, &w);
    if (w != NULL && w->postgres != NULL) {
        str report;
        w->config.protection.has_guards = true;
        expect_ok(database_world_push(w, &report));
    }
    *state = w;
    return 0;
}

int audit_world_teardown(void **state) {
    if (*state != NULL)
        database_world_free(*state);
    return 0;
}

/* ---- Changes ------------------------------------------------------------ */

static const change_origin WHO = {
    .user_id = STR_INIT("u1"),
    .request_id = STR_INIT("r1"),
    .ip_address = STR_INIT("10.0.0.1"),
};

typedef struct writing {
    database_world *w;
    mutation mutation;
} writing;

static err *run_writing(void *argument) {
    writing *r = argument;
    return world_write(r->w, &r->mutation, NULL, NULL);
}

static void write_one(database_world *w, mutation m) {
    writing r = {.w = w, .mutation = m};
    r.mutation.origin = &WHO;
    expect_ok(database_world_run(w, run_writing, &r));
}

static const filter *is_named(database_world *w, const char *name) {
    return world_compare(w, world_field(w, "Task", "name"), COMPARE_EQ,
                         value_text(name));
}

void audit_world_add(database_world *w, const char *name) {
    const value row[] = {value_text(name)};
    write_one(w, world_insert(w, "Task", "name", row, 1));
}

void audit_world_add_many(database_world *w, int first, size_t count) {
    value *rows = arena_new_array(w->a, value, count);
    for (size_t i = 0; i < count; i++)
        rows[i] = (value){VALUE_TEXT,
                          .text = arena_printf(w->a, "%d", first + (int)i)};
    write_one(w, world_insert(w, "Task", "name", rows, count));
}

void audit_world_add_memo(database_world *w, const char *name) {
    const value row[] = {value_text(name)};
    write_one(w, world_insert(w, "Memo", "name", row, 1));
}

void audit_world_rename(database_world *w, const char *from, const char *to) {
    const value set[] = {value_text(to)};
    write_one(w, world_update(w, "Task", "name", set, is_named(w, from)));
}

void audit_world_remove(database_world *w, const char *name) {
    write_one(w, world_delete(w, "Task", is_named(w, name)));
}

/* ---- Looking ------------------------------------------------------------ */

target *audit_world_open(database_world *w, target_access access) {
    target *t = NULL;
    expect_ok(target_open(w->a, w->config.url, access, &t));
    return t;
}

target_rows audit_world_rows(database_world *w) {
    enum { MOST = 10000 };
    CLEANUP(target_close) target *t = audit_world_open(w, TARGET_READ);
    audit_log_page p = {.size = MOST};
    expect_ok(audit_log_next(w->a, t, &p));
    return p.rows;
}

/* With the names of the tables on this engine. */
static const char *spell(database_world *w, const char *sql) {
    static const char *const NAMES[][3] = {
        {"LOG", "tenon_audit_log", "tenon.audit_log"},
        {"SEAL", "tenon_audit_seal", "tenon.audit_seal"},
        {"FEED", "tenon_event", "tenon.event"},
    };
    CLEANUP(buf_free) buf out = buf_new(SIZE_MAX);
    while (*sql != '\0') {
        size_t i = 0;
        while (i < LENGTH(NAMES) &&
               strncmp(sql, NAMES[i][0], strlen(NAMES[i][0])) != 0)
            i++;
        if (i == LENGTH(NAMES)) {
            buf_append_char(&out, *sql++);
            continue;
        }
        buf_append(&out, str_of(NAMES[i][w->postgres != NULL ? 2 : 1]));
        sql += strlen(NAMES[i][0]);
    }
    return arena_cstr(w->a, arena_copy(w->a, buf_str(&out)));
}

void audit_world_sql(database_world *w, const char *sql) {
    database_world_sql(w, spell(w, sql));
}

str audit_world_ask(database_world *w, const char *sql) {
    return database_world_ask(w, spell(w, sql));
}

void audit_world_contains(str text, const char *part) {
    if (memmem(text.ptr, text.len, part, strlen(part)) == NULL)
        fail_msg("no '%s' in: %.*s", part, STR_ARG(text));
}

/* ---- Sealing and verifying ---------------------------------------------- */

str audit_world_key_path(database_world *w, const char *name) {
    return arena_printf(w->a, "%.*s/%s", STR_ARG(w->folder), name);
}

audit_key audit_world_key(database_world *w, const char *name) {
    audit_key k;
    str path = audit_world_key_path(w, name);
    if (!file_exists(w->a, path))
        expect_ok(audit_key_create(w->a, path));
    expect_ok(audit_key_load(w->a, path, &k));
    return k;
}

/* On a server that others use as well, what is committed is sealed once all that
 * had begun before has ended, in whatever database. */
static void wait_for_others(database_world *w, target *t) {
    target_rows rows;
    bool is_over = w->postgres == NULL;
    if (is_over)
        return;
    expect_ok(target_query(w->a, t, STR("SELECT pg_current_xact_id()"), NULL, 0,
                           &rows));
    str own = target_cell(&rows, 0, 0);
    for (int i = 0; i < 6000 && !is_over; i++) {
        expect_ok(target_query(w->a, t,
                               STR("SELECT pg_snapshot_xmin("
                                   "pg_current_snapshot()) > $1::xid8"),
                               &own, 1, &rows));
        is_over = str_equal(target_cell(&rows, 0, 0), STR("t"));
        if (!is_over)
            usleep(10 * 1000);
    }
}

err *audit_world_try_seal(database_world *w, const audit_key *k,
                          audit_sealing *out) {
    CLEANUP(target_close) target *t = audit_world_open(w, TARGET_WRITE);
    wait_for_others(w, t);
    return audit_seal_run(w->a, t, k, out);
}

audit_sealing audit_world_seal(database_world *w) {
    audit_key k = audit_world_key(w, "audit.key");
    audit_sealing done;
    expect_ok(audit_world_try_seal(w, &k, &done));
    return done;
}

typedef struct told {
    database_world *w;
    buf text;
} told;

static void note(void *context, audit_flaw flaw, str sentence) {
    told *t = context;
    str name = AUDIT_FLAW_NAMES[flaw];
    buf_printf(&t->text, "%.*s: %.*s\n", STR_ARG(name), STR_ARG(sentence));
}

str audit_world_verify_with(database_world *w, const audit_key *k,
                            audit_verdict *out) {
    CLEANUP(target_close) target *t = audit_world_open(w, TARGET_READ);
    told seen = {.w = w, .text = buf_new(SIZE_MAX)};
    expect_ok(audit_verify_run(w->a, t, k, note, &seen, out));
    str text = arena_copy(w->a, buf_str(&seen.text));
    buf_free(&seen.text);
    return text;
}

/* What is wrong, a line each. */
str audit_world_verify(database_world *w, audit_verdict *out) {
    audit_key k = audit_world_key(w, "audit.key");
    return audit_world_verify_with(w, &k, out);
}

/* This flaw, so many times, and no other. */
void audit_world_expect(database_world *w, audit_flaw flaw, int64_t count) {
    audit_verdict v;
    str text = audit_world_verify(w, &v);
    if (v.flaws[flaw] != count || v.flaw_count != count)
        fail_msg("want %d of '%.*s', got:\n%.*s", (int)count,
                 STR_ARG(AUDIT_FLAW_NAMES[flaw]), STR_ARG(text));
}
