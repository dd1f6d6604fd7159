/* The schemas of real applications on a real server: what our DDL makes reads
 * back as what the schema asks for. */
#include <dirent.h>
#include <stdlib.h>

#include "database/postgres/pg_ddl.h"
#include "database/postgres/pg_structure.h"
#include "database/structure_spelling.h"
#include "schema/load.h"
#include "test/support/postgres_world.h"
#include "test/support/test.h"

static const char FOLDER[] = "../shared/corpus";
enum { MAX_SQL = 4 * 1024 * 1024 };

/* Of Debian's PostgreSQL. Without postgis, pgvector and a domain of its own
 * three schemas cannot be made. */
static const char EXTENSIONS[] =
    "CREATE EXTENSION citext; CREATE EXTENSION pg_trgm;"
    "CREATE EXTENSION \"uuid-ossp\"; CREATE EXTENSION pgcrypto;"
    "CREATE EXTENSION ltree";

/* ---- Comparing ---------------------------------------------------------- */

typedef struct comparison {
    arena *a;
    str file;
    const structure_table *table; /* as wanted */
    size_t difference_count;
} comparison;

static void differ(comparison *c, const char *what, str name, str got,
                   str want) {
    c->difference_count++;
    print_error("%.*s: %.*s: %s %.*s: got %.*s, want %.*s\n", STR_ARG(c->file),
                STR_ARG(c->table->name), what, STR_ARG(name), STR_ARG(got),
                STR_ARG(want));
}

static str default_of(const structure_column *c) {
    if (c->default_kind == COLUMN_AUTOINCREMENT)
        return STR("autoincrement");
    return c->default_kind == COLUMN_EXPRESSION ? c->default_sql : STR("none");
}

static void compare_columns(comparison *c, const structure_table *got) {
    const structure_table *want = c->table;
    for (size_t i = 0; i < want->column_count; i++) {
        const structure_column *y = &want->columns[i];
        const structure_column *x = structure_find_column(got, y->name);
        if (x == NULL) {
            differ(c, "column", y->name, STR("none"), y->type);
            continue;
        }
        if (!structure_is_same_type(c->a, ENGINE_POSTGRESQL, x, y))
            differ(c, "type", y->name, x->type, y->type);
        if (!structure_is_same_default(c->a, x, y))
            differ(c, "default", y->name, default_of(x), default_of(y));
        if (x->is_required != y->is_required)
            differ(c, "NOT NULL", y->name, STR(""), STR(""));
    }
    if (got->column_count != want->column_count)
        differ(c, "count of columns", STR(""), STR(""), STR(""));
}

static str joined(arena *a, const str *names, size_t count) {
    str all = {0};
    for (size_t i = 0; i < count; i++)
        all = arena_printf(a, "%.*s %.*s", STR_ARG(all), STR_ARG(names[i]));
    return all;
}

static void expect_same(comparison *c, const char *what, str name, str got,
                        str want) {
    if (!str_equal(got, want))
        differ(c, what, name, got, want);
}

static void compare_primary_key(comparison *c, const structure_table *got) {
    const structure_primary_key *x = &got->primary_key;
    const structure_primary_key *y = &c->table->primary_key;
    expect_same(c, "primary key", y->name,
                joined(c->a, x->columns, x->column_count),
                joined(c->a, y->columns, y->column_count));
    expect_same(c, "name", STR("of the primary key"), x->name, y->name);
}

static str text_of_index(arena *a, const structure_index *x) {
    str all = arena_printf(a, "%s%.*s", x->is_unique ? "unique " : "",
                           STR_ARG(index_method_name(x->method)));
    for (size_t i = 0; i < x->part_count; i++)
        all = arena_printf(a, "%.*s %.*s%s(%.*s)", STR_ARG(all),
                           STR_ARG(x->parts[i].column),
                           x->parts[i].is_descending ? " desc" : "",
                           STR_ARG(x->parts[i].operator_class));
    return all;
}

static void compare_indexes(comparison *c, const structure_table *got) {
    for (size_t i = 0; i < c->table->index_count; i++) {
        const structure_index *y = &c->table->indexes[i];
        const structure_index *x = structure_find_index(got, y->name);
        expect_same(c, "index", y->name,
                    x != NULL ? text_of_index(c->a, x) : STR("none"),
                    text_of_index(c->a, y));
    }
    if (got->index_count != c->table->index_count)
        differ(c, "count of indexes", STR(""), STR(""), STR(""));
}

static const structure_foreign_key *find_key(const structure_table *t,
                                             str name) {
    for (size_t i = 0; i < t->foreign_key_count; i++)
        if (str_equal(t->foreign_keys[i].name, name))
            return &t->foreign_keys[i];
    return NULL;
}

static str text_of_key(arena *a, const structure_foreign_key *k) {
    str on_delete = referential_action_sql(k->on_delete);
    str on_update = referential_action_sql(k->on_update);
    str columns = joined(a, k->columns, k->column_count);
    str references = joined(a, k->references, k->column_count);
    return arena_printf(a, "%.*s -> %.*s.%.*s%.*s %.*s %.*s", STR_ARG(columns),
                        STR_ARG(k->parent_schema), STR_ARG(k->parent),
                        STR_ARG(references), STR_ARG(on_delete),
                        STR_ARG(on_update));
}

static void compare_foreign_keys(comparison *c, const structure_table *got) {
    for (size_t i = 0; i < c->table->foreign_key_count; i++) {
        const structure_foreign_key *y = &c->table->foreign_keys[i];
        const structure_foreign_key *x = find_key(got, y->name);
        expect_same(c, "foreign key", y->name,
                    x != NULL ? text_of_key(c->a, x) : STR("none"),
                    text_of_key(c->a, y));
    }
    if (got->foreign_key_count != c->table->foreign_key_count)
        differ(c, "count of foreign keys", STR(""), STR(""), STR(""));
}

static void compare_enums(comparison *c, const structure *got,
                          const structure *want) {
    static const structure_table ENUMS = {.name = STR_INIT("enums")};
    c->table = &ENUMS;
    for (size_t i = 0; i < want->enum_count; i++) {
        const structure_enum *y = &want->enums[i];
        const structure_enum *x = structure_find_enum(got, y->schema, y->name);
        expect_same(c, "enum", y->name,
                    x != NULL ? joined(c->a, x->values, x->value_count)
                              : STR("none"),
                    joined(c->a, y->values, y->value_count));
    }
    if (got->enum_count != want->enum_count)
        differ(c, "count", STR(""), STR(""), STR(""));
}

static void compare(comparison *c, const structure *got,
                    const structure *want) {
    compare_enums(c, got, want);
    for (size_t i = 0; i < want->table_count; i++) {
        const structure_table *y = c->table = &want->tables[i];
        const structure_table *x =
            structure_find_table(got, y->schema, y->name);
        if (x == NULL) {
            differ(c, "table", y->name, STR("none"), STR("one"));
            continue;
        }
        compare_columns(c, x);
        compare_primary_key(c, x);
        compare_indexes(c, x);
        compare_foreign_keys(c, x);
    }
    if (got->table_count != want->table_count)
        differ(c, "count of all tables", STR(""), STR(""), STR(""));
}

/* ---- The corpus --------------------------------------------------------- */

typedef struct tally {
    size_t equal;
    size_t different;
    size_t skipped;
} tally;

static const structure *wanted(arena *a, str name) {
    str path = arena_printf(a, "%s/%.*s", FOLDER, STR_ARG(name));
    diag_list diags = {0};
    schema_files files;
    engine_kind engine = ENGINE_SQLITE;
    const schema *s = NULL;
    expect_ok(schema_files_read(a, path, &diags, &files));
    if (!schema_files_provider(&files, &engine) || engine != ENGINE_POSTGRESQL)
        return NULL;
    if (schema_load_files(a, &files, engine, &diags, &s) != NULL) {
        print_message("%.*s: %.*s\n", STR_ARG(name),
                      STR_ARG(diags.items[0].message));
        return NULL;
    }
    return structure_of_schema(a, s);
}

static void check_file(arena *a, str name, tally *t) {
    const structure *want = wanted(a, name);
    if (want == NULL)
        return;
    CLEANUP(postgres_world_close)
    postgres_world *w = postgres_world_open(a);
    postgres_world_sql(w, EXTENSIONS);
    CLEANUP(buf_free) buf sql = buf_new(MAX_SQL);
    pg_ddl_create(a, &sql, want);
    const err *e = pg_connection_run(a, w->connection, name, buf_str(&sql));
    if (e != NULL) {
        print_message("%.*s\n", STR_ARG(e->message));
        assert_true(e->code == ERR_NOT_FOUND || e->code == ERR_UNSUPPORTED);
        t->skipped++;
        return;
    }
    structure got;
    bool has_schemas = want->schema_count > 1;
    expect_ok(pg_structure_read(a, w->connection, want->schemas,
                                has_schemas ? want->schema_count : 0, &got));
    comparison c = {.a = a, .file = name};
    compare(&c, &got, want);
    *(c.difference_count == 0 ? &t->equal : &t->different) += 1;
}

static void our_ddl_makes_what_the_schema_asks_for(void **state) {
    (void)state;
    DIR *folder = opendir(FOLDER);
    tally t = {0};
    if (folder == NULL || getenv("TENON_TEST_POSTGRES") == NULL) {
        print_message("skipped: no %s, or no server\n", FOLDER);
        skip();
        return;
    }
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (!str_ends_with(str_of(entry->d_name), STR(".prisma")))
            continue;
        CLEANUP(arena_release) arena *a = arena_new();
        check_file(a, str_of(entry->d_name), &t);
    }
    closedir(folder);
    print_message("%zu equal, %zu different, %zu could not be made\n", t.equal,
                  t.different, t.skipped);
    assert_true(t.equal > 0);
    assert_int_equal(t.different, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(our_ddl_makes_what_the_schema_asks_for),
    };
    return cmocka_run_group_tests_name("database/postgres/pg_corpus", tests,
                                       NULL, NULL);
}
