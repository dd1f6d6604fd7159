/*
 * Migration pairs: real schemas, changed as people change them. The plan from
 * the old to the new one is applied to a database with rows; then its catalog
 * must be that of a fresh database of the new schema, and what was not touched
 * must still be there.
 *
 * PAIRS_COUNT and PAIRS_SEED make more and other pairs, PAIRS_ONLY shows one
 * with all its SQL. The proof is a run with PAIRS_COUNT=250; without it a busy
 * machine tries fewer.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/file.h"
#include "database/migrate/apply.h"
#include "database/migrate/plan.h"
#include "database/postgres/pg_ddl.h"
#include "database/sqlite/lite_ddl.h"
#include "test/support/migration_side.h"
#include "test/support/postgres_world.h"
#include "test/support/schema_mutation.h"
#include "test/support/structure_text.h"
#include "test/support/test.h"

enum {
    DEFAULT_COUNT = 250,
    MODELS = 6,
    TIME_LIMIT_SECONDS = 18, /* of one engine */
    PRINT_MAX = 16 * 1024 * 1024,
    FILES_MAX = 128,
};

static const char CORPUS[] = "../shared/corpus";
static const char EXAMPLE[] = "examples/launchpad/schema.prisma";

typedef struct file_list {
    str texts[FILES_MAX];
    str names[FILES_MAX];
    size_t count;
} file_list;

typedef struct pair {
    arena *a;
    engine_kind engine;
    uint64_t number;
    str file;
    str what;
    str old_text;
    str new_text;
    const structure *old;
    const structure *new;
    str url; /* of PostgreSQL's database */
} pair;

typedef struct tally {
    size_t done;
    size_t refused; /* warned of, and it failed */
    size_t failed;
} tally;

static uint64_t setting(const char *name, uint64_t otherwise) {
    const char *text = getenv(name);
    return text != NULL ? strtoull(text, NULL, 10) : otherwise;
}

/* ---- Files -------------------------------------------------------------- */

static void add_file(arena *a, file_list *l, str path) {
    assert_true(l->count < FILES_MAX);
    expect_ok(file_read(a, path, &l->texts[l->count]));
    l->names[l->count++] = path;
}

static int compare_names(const struct dirent **x, const struct dirent **y) {
    return strcmp((*x)->d_name, (*y)->d_name);
}

static file_list find_files(arena *a) {
    file_list l = {0};
    add_file(a, &l, str_of(EXAMPLE));
    struct dirent **entries = NULL;
    int count = scandir(CORPUS, &entries, NULL, compare_names);
    if (count < 0)
        print_message("there is no %s here: all pairs are of %s\n", CORPUS,
                      EXAMPLE);
    for (int i = 0; i < count; i++) {
        if (str_ends_with(str_of(entries[i]->d_name), STR(".prisma")))
            add_file(a, &l,
                     arena_printf(a, "%s/%s", CORPUS, entries[i]->d_name));
        free(entries[i]);
    }
    free(entries);
    return l;
}

/* ---- A pair ------------------------------------------------------------- */

static bool make_pair(pair *p, const file_list *files, uint64_t seed) {
    rand_source r = rand_seeded(seed);
    size_t file = (size_t)(p->number % files->count);
    p->file = files->names[file];
    p->old_text =
        schema_mutation_subset(p->a, p->engine, &r, files->texts[file], MODELS);
    if (str_is_empty(p->old_text))
        return false;
    p->new_text = p->old_text;
    uint64_t changes = 1 + rand_below(&r, 3);
    for (uint64_t i = 0; i < changes; i++) {
        str what = {0};
        if (!schema_mutation_change(p->a, p->engine, &r, p->new_text,
                                    &p->new_text, &what))
            return false;
        p->what = arena_printf(p->a, "%.*s%s%.*s", STR_ARG(p->what),
                               i > 0 ? "; " : "", STR_ARG(what));
    }
    p->old = structure_of_schema(
        p->a, schema_mutation_load(p->a, p->engine, p->old_text));
    p->new = structure_of_schema(
        p->a, schema_mutation_load(p->a, p->engine, p->new_text));
    return true;
}

static void show(const pair *p, const plan *made, const char *problem,
                 str more) {
    CLEANUP(buf_free) buf sql = buf_new(PRINT_MAX);
    if (made != NULL)
        plan_print_sql(&sql, made);
    (void)fprintf(stderr, "pair %llu, %.*s, %.*s\n  %.*s\n  %s\n%.*s\n%.*s\n",
                  (unsigned long long)p->number, STR_ARG(p->file),
                  STR_ARG(engine_kind_title(p->engine)), STR_ARG(p->what),
                  problem, STR_ARG(more), STR_ARG(buf_str(&sql)));
    if (getenv("PAIRS_ONLY") != NULL)
        (void)fprintf(stderr, "%.*s\n=====\n%.*s\n", STR_ARG(p->old_text),
                      STR_ARG(p->new_text));
}

static migration_side open_side(const pair *p) {
    return p->engine == ENGINE_SQLITE ? migration_side_lite(p->a)
                                      : migration_side_postgres(p->a, p->url);
}

static str err_text(arena *a, const err *e) {
    CLEANUP(buf_free) buf out = buf_new(PRINT_MAX);
    err_print(&out, e);
    if (e->details.len > 0)
        buf_printf(&out, " (%.*s)", STR_ARG(e->details));
    return arena_copy(a, buf_str(&out));
}

/* What a fresh database of the new schema is, as text. */
static bool read_fresh(const pair *p, str *out) {
    CLEANUP(migration_side_close) migration_side side = open_side(p);
    CLEANUP(buf_free) buf sql = buf_new(PRINT_MAX);
    if (p->engine == ENGINE_SQLITE)
        lite_ddl_create(p->a, &sql, p->new);
    else
        pg_ddl_create(p->a, &sql, p->new);
    err *e = migration_side_run(p->a, &side, buf_str(&sql));
    structure fresh;
    if (e == NULL)
        e = migration_side_read(p->a, &side, p->new, &fresh);
    if (e != NULL) {
        if (p->engine == ENGINE_SQLITE)
            show(p, NULL, "the new schema cannot be made", err_text(p->a, e));
        return false;
    }
    *out = structure_text(p->a, &fresh);
    return true;
}

/* ---- What must survive -------------------------------------------------- */

/* A table that is in both, and the columns whose values stay. */
typedef struct survivor {
    const structure_table *new_table;
    str *old_columns;
    size_t old_count;
    str *new_columns;
    size_t new_count; /* equal to old_count */
    str before;
} survivor;

typedef struct survivors {
    survivor *items;
    size_t count;
} survivors;

static const structure_table *new_table_of(const pair *p,
                                           const structure_table *old) {
    for (size_t i = 0; i < p->new->table_count; i++) {
        const structure_table *t = &p->new->tables[i];
        if (str_equal(t->renamed_from, old->name) &&
            str_equal(t->schema, old->schema))
            return t;
    }
    return structure_find_table(p->new, old->schema, old->name);
}

static const structure_column *new_column_of(const structure_table *t,
                                             const structure_column *old) {
    for (size_t i = 0; i < t->column_count; i++)
        if (str_equal(t->columns[i].renamed_from, old->name))
            return &t->columns[i];
    return structure_find_column(t, old->name);
}

static void note_columns(const pair *p, const structure_table *old_table,
                         survivor *s) {
    for (size_t i = 0; i < old_table->column_count; i++) {
        const structure_column *old = &old_table->columns[i];
        const structure_column *new = new_column_of(s->new_table, old);
        if (new == NULL || !str_equal(new->type, old->type) ||
            new->is_required != old->is_required || new->field == NULL ||
            old->field == NULL || new->field->is_list != old->field->is_list)
            continue;
        ARENA_PUSH(p->a, s->old_columns, s->old_count, old->name);
        ARENA_PUSH(p->a, s->new_columns, s->new_count, new->name);
    }
}

static survivors note_survivors(const pair *p, const migration_side *side) {
    survivors out = {0};
    for (size_t i = 0; i < p->old->table_count; i++) {
        const structure_table *old = &p->old->tables[i];
        survivor s = {.new_table = new_table_of(p, old)};
        if (s.new_table == NULL)
            continue;
        note_columns(p, old, &s);
        s.before =
            migration_side_values(p->a, side, old, s.old_columns, s.old_count);
        ARENA_PUSH(p->a, out.items, out.count, s);
    }
    return out;
}

static str find_lost(const pair *p, const migration_side *side,
                     const survivors *all) {
    for (size_t i = 0; i < all->count; i++) {
        const survivor *s = &all->items[i];
        str after = migration_side_values(p->a, side, s->new_table,
                                          s->new_columns, s->new_count);
        if (!str_equal(after, s->before))
            return arena_printf(p->a, "%.*s was\n%.*s\nis\n%.*s",
                                STR_ARG(s->new_table->name), STR_ARG(s->before),
                                STR_ARG(after));
    }
    return STR("");
}

/* ---- Trying ------------------------------------------------------------- */

static bool is_warned(const plan *p) {
    return plan_has_risk(p, RISK_MAY_FAIL) ||
           plan_has_risk(p, RISK_REQUIRED_WITHOUT_DEFAULT);
}

static str read_text(const pair *p, const migration_side *side,
                     const structure *like) {
    structure now;
    expect_ok(migration_side_read(p->a, side, like, &now));
    return structure_text(p->a, &now);
}

/* False and a text when something is wrong. */
static bool check_result(const pair *p, const migration_side *side,
                         const plan *made, str fresh) {
    structure now;
    expect_ok(migration_side_read(p->a, side, p->new, &now));
    str difference =
        structure_text_difference(p->a, structure_text(p->a, &now), fresh);
    if (!str_is_empty(difference)) {
        show(p, made, "is not what a fresh database is (+)", difference);
        return false;
    }
    const plan *again = plan_make(p->a, &now, p->new, (plan_options){0});
    if (!plan_is_empty(again)) {
        show(p, again, "there is something to do afterwards", STR(""));
        return false;
    }
    const plan *itself = plan_make(p->a, &now, &now, (plan_options){0});
    if (!plan_is_empty(itself)) {
        show(p, itself, "a database differs from itself", STR(""));
        return false;
    }
    return true;
}

static bool check_refusal(const pair *p, const migration_side *side,
                          const plan *made, const err *e, str before) {
    if (!is_warned(made)) {
        show(p, made, "failed without a warning", err_text(p->a, e));
        return false;
    }
    str difference =
        structure_text_difference(p->a, before, read_text(p, side, p->old));
    if (str_is_empty(difference))
        return true;
    show(p, made, "failed and left something behind", difference);
    return false;
}

static void try_on(const pair *p, const migration_side *side, str fresh,
                   tally *t) {
    structure empty = {.engine = p->engine};
    const plan *first = plan_make(p->a, &empty, p->old, (plan_options){0});
    err *e = plan_apply(p->a, side->target, first);
    if (e != NULL) {
        /* Extensions that are not installed, or that the file does not name. */
        if (p->engine == ENGINE_SQLITE)
            show(p, first, "the old schema cannot be made", err_text(p->a, e));
        t->failed += p->engine == ENGINE_SQLITE;
        return;
    }
    (void)migration_side_fill(p->a, side, p->old);
    structure from;
    expect_ok(migration_side_read(p->a, side, p->old, &from));
    survivors all = note_survivors(p, side);
    const plan *made = plan_make(p->a, &from, p->new, (plan_options){0});
    e = plan_apply(p->a, side->target, made);
    if (e != NULL) {
        bool is_fine =
            check_refusal(p, side, made, e, structure_text(p->a, &from));
        t->refused += is_fine;
        t->failed += !is_fine;
        return;
    }
    bool is_fine = check_result(p, side, made, fresh);
    str lost = find_lost(p, side, &all);
    if (is_fine && !str_is_empty(lost)) {
        show(p, made, "rows did not survive", lost);
        is_fine = false;
    }
    if (is_fine && getenv("PAIRS_ONLY") != NULL)
        show(p, made, "is fine", STR(""));
    t->done += is_fine;
    t->failed += !is_fine;
}

static void try_pair(pair *p, const file_list *files, tally *t) {
    str fresh;
    if (!make_pair(p, files, setting("PAIRS_SEED", 0) + p->number) ||
        !read_fresh(p, &fresh))
        return;
    CLEANUP(migration_side_close) migration_side side = open_side(p);
    try_on(p, &side, fresh, t);
}

static int64_t seconds(void) {
    struct timespec now;
    assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &now), 0);
    return now.tv_sec;
}

/* With PAIRS_COUNT as many as that, else as many as there is time for. */
static void try_all(engine_kind engine, str url) {
    CLEANUP(arena_release) arena *keep = arena_new();
    file_list files = find_files(keep);
    uint64_t count = setting("PAIRS_COUNT", DEFAULT_COUNT);
    uint64_t only = setting("PAIRS_ONLY", UINT64_MAX);
    bool has_time_limit = getenv("PAIRS_COUNT") == NULL;
    int64_t end = seconds() + TIME_LIMIT_SECONDS;
    tally t = {0};
    /* Some files are of other engines and do not load. */
    for (uint64_t i = 0; t.done + t.failed < count && i < count * 4; i++) {
        if (only != UINT64_MAX && i != only)
            continue;
        if (has_time_limit && seconds() > end)
            break;
        CLEANUP(arena_release) arena *a = arena_new();
        pair p = {.a = a, .engine = engine, .number = i, .url = url};
        try_pair(&p, &files, &t);
    }
    print_message("%zu pairs, %zu refused as warned, %zu failed\n", t.done,
                  t.refused, t.failed);
    assert_int_equal(t.failed, 0);
    assert_true(only != UINT64_MAX || t.done >= (has_time_limit ? 10 : count));
}

static void lead_to_what_a_fresh_sqlite_database_is(void **state) {
    (void)state;
    try_all(ENGINE_SQLITE, STR(""));
}

static void lead_to_what_a_fresh_postgresql_database_is(void **state) {
    CLEANUP(postgres_world_close)
    postgres_world *w = postgres_world_open(*state);
    try_all(ENGINE_POSTGRESQL, w->url);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(lead_to_what_a_fresh_sqlite_database_is),
        TEST(lead_to_what_a_fresh_postgresql_database_is),
    };
    return cmocka_run_group_tests_name("database/migrate/pairs", tests, NULL,
                                       NULL);
}
