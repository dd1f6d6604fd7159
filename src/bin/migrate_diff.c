/*
 * migrate_diff.c: tenon migrate diff --from PLACE --to PLACE
 *
 * A place is `empty`, a schema file or folder, or the URL of a database. Prints
 * the SQL that leads from the one to the other and changes nothing.
 */
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "bin/command.h"
#include "database/migrate/plan.h"
#include "database/migrate/target.h"
#include "schema/load.h"

typedef struct place {
    str name; /* as given */
    bool is_url;
    const structure *structure;
    const schema *schema; /* of a file, else NULL */
} place;

static place place_of(str name) {
    engine_kind ignored;
    return (place){.name = name, .is_url = engine_kind_of_url(name, &ignored)};
}

static bool is_empty_place(const place *p) {
    return str_equal(p->name, STR("empty"));
}

/* That of --engine, of a database, of the settings. */
static err *choose_engine(const command_context *c, const place *from,
                          const place *to, engine_kind *out) {
    engine_kind other;
    if (command_has(c, STR("engine")))
        TRY(command_engine_option(c, out));
    else if (from->is_url || to->is_url)
        (void)engine_kind_of_url(from->is_url ? from->name : to->name, out);
    else
        return command_engine(c, out);
    const place *urls[] = {from, to};
    for (size_t i = 0; i < LENGTH(urls); i++)
        if (urls[i]->is_url && engine_kind_of_url(urls[i]->name, &other) &&
            other != *out)
            return err_new(c->arena, ERR_INVALID,
                           "a database of %.*s cannot be compared with one of"
                           " %.*s",
                           STR_ARG(engine_kind_title(other)),
                           STR_ARG(engine_kind_title(*out)));
    return NULL;
}

static err *load_schema(command_context *c, engine_kind engine, place *p) {
    CLEANUP(buf_free) buf text = buf_new(FILE_MAX_BYTES);
    diag_list diags = {0};
    err *e = schema_load_file(c->arena, p->name, engine, &diags, &p->schema);
    diag_print(&text, &diags, isatty(STDERR_FILENO) == 1);
    if (e != NULL && text.len > 0)
        fwrite(text.ptr, 1, text.len, stderr);
    TRY(e);
    p->structure = structure_of_schema(c->arena, p->schema);
    return NULL;
}

/* The other place, when it is a schema, knows which of PostgreSQL's schemas are
 * meant. */
static err *read_database(command_context *c, place *p, place *other) {
    CLEANUP(target_close) target *t = NULL;
    structure *s = arena_new_array(c->arena, structure, 1);
    const datasource *d =
        other->schema != NULL ? &other->schema->datasource : NULL;
    TRY(target_open(c->arena, p->name, TARGET_READ, &t));
    TRY(target_structure(c->arena, t, d != NULL ? d->schemas : NULL,
                         d != NULL ? d->schema_count : 0, s));
    p->structure = s;
    return other->schema == NULL
               ? NULL
               : target_settle(c->arena, t, s, other->structure,
                               &other->structure);
}

static err *read_places(command_context *c, engine_kind engine, place *from,
                        place *to) {
    static const structure EMPTY[ENGINE_KIND_COUNT] = {
        [ENGINE_SQLITE] = {.engine = ENGINE_SQLITE},
        [ENGINE_POSTGRESQL] = {.engine = ENGINE_POSTGRESQL},
    };
    place *places[] = {from, to};
    for (size_t i = 0; i < LENGTH(places); i++) {
        if (is_empty_place(places[i]))
            places[i]->structure = &EMPTY[engine];
        else if (!places[i]->is_url)
            TRY(load_schema(c, engine, places[i]));
    }
    for (size_t i = 0; i < LENGTH(places); i++)
        if (places[i]->is_url)
            TRY(read_database(c, places[i], places[1 - i]));
    return NULL;
}

err *command_migrate_diff(command_context *c) {
    place from = place_of(command_value(c, STR("from")));
    place to = place_of(command_value(c, STR("to")));
    engine_kind engine = ENGINE_SQLITE;
    if (str_is_empty(from.name) || str_is_empty(to.name))
        return err_with_hint(
            err_new(c->arena, ERR_INVALID, "--from and --to are needed"),
            STR("each is empty, a schema file or folder, or a database URL"));
    TRY(choose_engine(c, &from, &to, &engine));
    TRY(read_places(c, engine, &from, &to));
    plan_options options = {.is_concurrent = command_has(c, STR("concurrent"))};
    const plan *p = plan_make(c->arena, from.structure, to.structure, options);
    if (plan_is_empty(p))
        buf_append(c->out, STR("-- no difference\n"));
    plan_print_sql(c->out, p);
    return NULL;
}
