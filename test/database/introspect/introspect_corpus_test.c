/* The schemas of real applications, made into databases of both engines and
 * read back: the schema that comes out makes the same database, and says the
 * same of every column as far as a database can hold it. */
#include <dirent.h>
#include <stdlib.h>

#include "database/introspect/introspect.h"
#include "database/migrate/plan.h"
#include "database/migrate/target.h"
#include "database/postgres/pg_ddl.h"
#include "database/sqlite/lite_ddl.h"
#include "schema/load.h"
#include "test/support/postgres_world.h"
#include "test/support/test.h"

static const char FOLDER[] = "../shared/corpus";
enum { MAX_SQL = 4 * 1024 * 1024 };

static const char EXTENSIONS[] =
    "CREATE EXTENSION citext; CREATE EXTENSION pg_trgm;"
    "CREATE EXTENSION \"uuid-ossp\"; CREATE EXTENSION pgcrypto;"
    "CREATE EXTENSION ltree";

/* Written for PostgreSQL, with what a schema for SQLite cannot say: SetNull over
 * required columns. */
static const str NOT_FROM_SQLITE[] = {
    STR_INIT("introspected-noalyss.prisma"),
    STR_INIT("introspected-odoo.prisma"),
};

typedef struct trip {
    arena *a;
    str name;
    engine_kind engine;
    bool has_no_foreign_keys; /* relationMode = "prisma" */
    size_t difference_count;
} trip;

static void differ(trip *t, str model_name, str what, str detail) {
    t->difference_count++;
    print_error("%.*s on %.*s: %.*s: %.*s %.*s\n", STR_ARG(t->name),
                STR_ARG(engine_kind_title(t->engine)), STR_ARG(model_name),
                STR_ARG(what), STR_ARG(detail));
}

/* ---- What a field says ---------------------------------------------------*/

static bool is_in_database(const trip *t, const field *f) {
    switch (f->default_value.kind) {
    case DEFAULT_LITERAL:
    case DEFAULT_LIST:
    case DEFAULT_NOW:
        return true;
    case DEFAULT_AUTOINCREMENT: /* SQLite counts ids only */
        return f->is_id || t->engine == ENGINE_POSTGRESQL;
    case DEFAULT_DBGENERATED:
    case DEFAULT_NONE:
    case DEFAULT_UUID4:
    case DEFAULT_UUID7:
    case DEFAULT_CUID:
    case DEFAULT_CUID2:
    case DEFAULT_ULID:
    case DEFAULT_NANOID:
        return false;
    }
    return false;
}

/* SQLite keeps enums as texts, the items of lists as JSON, and integers of any
 * size as one. */
static bool is_same_type(const trip *t, const field *x, const field *y) {
    if (x->is_list != y->is_list)
        return false;
    if (t->engine == ENGINE_POSTGRESQL)
        return x->kind == y->kind && x->scalar == y->scalar &&
               str_equal(x->unsupported, y->unsupported);
    bool is_integer = y->scalar == SCALAR_INT || y->scalar == SCALAR_BIGINT;
    bool is_counter = y->is_id && is_integer;
    return x->is_list || x->scalar == y->scalar || is_counter;
}

static void compare_fields(trip *t, const field *got, const field *want) {
    str model_name = want->model->name;
    if (!is_same_type(t, got, want))
        differ(t, model_name, STR("another type:"), want->name);
    bool counts = want->default_value.kind == DEFAULT_AUTOINCREMENT;
    if (got->is_optional != want->is_optional && !counts)
        differ(t, model_name, STR("optional or not:"), want->name);
    if (got->is_id != want->is_id || got->is_unique != want->is_unique)
        differ(t, model_name, STR("a key or not:"), want->name);
    if (is_in_database(t, want) && got->default_value.kind == DEFAULT_NONE)
        differ(t, model_name, STR("no default:"), want->name);
    if (str_equal(want->name, want->column) &&
        !str_equal(got->name, want->name))
        differ(t, model_name, STR("another name:"), want->name);
}

/* Without foreign keys nothing tells of a relation. */
static bool has_same_relations(const trip *t, const model *got,
                               const model *want) {
    return t->has_no_foreign_keys ||
           got->relation_count == want->relation_count;
}

static void compare_models(trip *t, const schema *got, const model *want) {
    const model *m = schema_find_table(got, want->table);
    if (want->is_view)
        return;
    if (m == NULL) {
        differ(t, want->name, STR("is missing"), want->table);
        return;
    }
    if (str_equal(want->name, want->table) && !str_equal(m->name, want->name))
        differ(t, want->name, STR("is called"), m->name);
    if (!has_same_relations(t, m, want))
        differ(t, want->name, STR("has other relations"), (str){0});
    for (size_t i = 0; i < want->column_count; i++) {
        const field *f = model_find_column(got, m, want->columns[i]->column);
        if (f != NULL)
            compare_fields(t, f, want->columns[i]);
        else
            differ(t, want->name, STR("lacks"), want->columns[i]->column);
    }
}

/* ---- There and back ------------------------------------------------------*/

static const schema *load_back(trip *t, str text) {
    diag_list diags = {0};
    const schema *s = NULL;
    err *e = schema_load_text(t->a, t->name, text, t->engine, &diags, &s);
    if (e == NULL)
        return s;
    for (size_t i = 0; i < diags.count; i++) {
        const diag *d = &diags.items[i];
        if (diag_code_severity(d->code) == DIAG_ERROR)
            differ(t, source_line(d->span.source, d->span.from), d->message,
                   (str){0});
    }
    return NULL;
}

static void compare_structures(trip *t, const structure *made,
                               const schema *back) {
    const plan *p = plan_make(t->a, made, structure_of_schema(t->a, back),
                              (plan_options){0});
    for (size_t i = 0; i < p->step_count; i++)
        differ(t, STR("it would take to"), p->steps[i].title, (str){0});
}

static void come_back(trip *t, target *from, const schema *want) {
    structure made;
    const datasource *d = &want->datasource;
    expect_ok(target_structure(t->a, from, d->schemas, d->schema_count, &made));
    str text = introspect_schema(t->a, &made, (introspect_options){0});
    const schema *back = load_back(t, text);
    if (back == NULL)
        return;
    compare_structures(t, &made, back);
    t->has_no_foreign_keys = d->has_no_foreign_keys;
    for (size_t i = 0; i < want->model_count; i++)
        compare_models(t, back, &want->models[i]);
    if (back->many_to_many_count != want->many_to_many_count &&
        !t->has_no_foreign_keys)
        differ(t, STR("many to many"), STR("other count"), (str){0});
}

/* False where the server lacks an extension. */
static bool fill(trip *t, target *to, const schema *s) {
    CLEANUP(buf_free) buf sql = buf_new(MAX_SQL);
    const structure *want = structure_of_schema(t->a, s);
    if (t->engine == ENGINE_SQLITE)
        lite_ddl_create(t->a, &sql, want);
    else
        pg_ddl_create(t->a, &sql, want);
    const err *e = target_run(t->a, to, (str){0}, buf_str(&sql));
    if (e == NULL)
        return true;
    assert_true(e->code == ERR_NOT_FOUND || e->code == ERR_UNSUPPORTED);
    return false;
}

static const schema *load(trip *t) {
    str path = arena_printf(t->a, "%s/%.*s", FOLDER, STR_ARG(t->name));
    diag_list diags = {0};
    schema_files files;
    engine_kind provider = ENGINE_SQLITE;
    const schema *s = NULL;
    expect_ok(schema_files_read(t->a, path, &diags, &files));
    if (!schema_files_provider(&files, &provider) ||
        schema_load_files(t->a, &files, t->engine, &diags, &s) != NULL)
        return NULL;
    return s;
}

static bool travel(trip *t, target *place) {
    const schema *s = load(t);
    if (s == NULL || !fill(t, place, s))
        return false;
    come_back(t, place, s);
    return true;
}

static bool is_left_out(str name) {
    for (size_t i = 0; i < LENGTH(NOT_FROM_SQLITE); i++) {
        if (str_equal(NOT_FROM_SQLITE[i], name))
            return true;
    }
    return false;
}

static bool travel_sqlite(trip *t) {
    CLEANUP(target_close) target *place = NULL;
    if (is_left_out(t->name))
        return false;
    expect_ok(target_open_blank(t->a, t->engine, STR(""), STR(""), &place));
    return travel(t, place);
}

static bool travel_postgres(trip *t) {
    CLEANUP(postgres_world_close)
    postgres_world *w = postgres_world_open(t->a);
    CLEANUP(target_close) target *place = NULL;
    postgres_world_sql(w, EXTENSIONS);
    expect_ok(target_open(t->a, w->url, TARGET_CHANGE, &place));
    return travel(t, place);
}

static void travel_all(engine_kind engine) {
    DIR *folder = opendir(FOLDER);
    size_t made = 0;
    size_t differences = 0;
    if (folder == NULL) {
        print_message("skipped: no %s\n", FOLDER);
        skip();
        return;
    }
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (!str_ends_with(str_of(entry->d_name), STR(".prisma")))
            continue;
        CLEANUP(arena_release) arena *a = arena_new();
        trip t = {.a = a, .name = str_of(entry->d_name), .engine = engine};
        made +=
            engine == ENGINE_SQLITE ? travel_sqlite(&t) : travel_postgres(&t);
        differences += t.difference_count;
    }
    closedir(folder);
    print_message("%zu schemas there and back\n", made);
    assert_true(made > 0);
    assert_int_equal(differences, 0);
}

static void schemas_come_back_from_sqlite(void **state) {
    (void)state;
    travel_all(ENGINE_SQLITE);
}

static void schemas_come_back_from_postgresql(void **state) {
    (void)state;
    if (getenv("TENON_TEST_POSTGRES") == NULL) {
        print_message("skipped: no server\n");
        skip();
    }
    travel_all(ENGINE_POSTGRESQL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(schemas_come_back_from_sqlite),
        TEST(schemas_come_back_from_postgresql),
    };
    return cmocka_run_group_tests_name("database/introspect/introspect_corpus",
                                       tests, NULL, NULL);
}
