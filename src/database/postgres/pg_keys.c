#include "database/postgres/pg_keys.h"

#include "database/sql_spelling.h"

/* ---- Constraints -------------------------------------------------------- */

/* A row for each column of a constraint, one for a CHECK without columns. */
static const char CONSTRAINTS[] = PG_RELATIONS
    "SELECT r.oid, k.oid, k.contype, k.conname, a.attname, pn.nspname,"
    " pc.relname, pa.attname, k.confdeltype, k.confupdtype,"
    " pg_get_expr(k.conbin, k.conrelid)"
    " FROM relation r JOIN pg_constraint k ON k.conrelid = r.oid"
    " LEFT JOIN LATERAL unnest(k.conkey, k.confkey)"
    " WITH ORDINALITY AS u (child, parent, position) ON true"
    " LEFT JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = u.child"
    " LEFT JOIN pg_class pc ON pc.oid = k.confrelid"
    " LEFT JOIN pg_namespace pn ON pn.oid = pc.relnamespace"
    " LEFT JOIN pg_attribute pa"
    " ON pa.attrelid = k.confrelid AND pa.attnum = u.parent"
    " WHERE k.contype IN ('p', 'f', 'c') AND k.conparentid = 0"
    " ORDER BY r.oid, k.oid, u.position";

enum {
    CONSTRAINT_OID = 1,
    CONSTRAINT_TYPE,
    CONSTRAINT_NAME,
    CONSTRAINT_COLUMN,
    CONSTRAINT_PARENT_SCHEMA,
    CONSTRAINT_PARENT,
    CONSTRAINT_REFERENCE,
    CONSTRAINT_ON_DELETE,
    CONSTRAINT_ON_UPDATE,
    CONSTRAINT_EXPRESSION,
};

/* pg_constraint.confdeltype */
static referential_action action_of(str letter) {
    static const struct {
        char letter;
        referential_action action;
    } ACTIONS[] = {
        {'a', ACTION_NO_ACTION},   {'r', ACTION_RESTRICT},
        {'c', ACTION_CASCADE},     {'n', ACTION_SET_NULL},
        {'d', ACTION_SET_DEFAULT},
    };
    for (size_t i = 0; i < LENGTH(ACTIONS); i++)
        if (letter.len == 1 && letter.ptr[0] == ACTIONS[i].letter)
            return ACTIONS[i].action;
    return ACTION_NO_ACTION;
}

/* Moves to the next constraint. references may be NULL. */
static size_t take_names(pg_keys *k, const str **columns,
                         const str **references) {
    pg_catalog_list *l = &k->constraints;
    str id = pg_catalog_cell(l, CONSTRAINT_OID);
    str *names = NULL;
    str *parents = NULL;
    size_t count = 0;
    size_t parent_count = 0;
    for (; pg_catalog_list_is_at(l, CONSTRAINT_OID, id); l->at++) {
        ARENA_PUSH(k->catalog->a, names, count,
                   pg_catalog_cell(l, CONSTRAINT_COLUMN));
        ARENA_PUSH(k->catalog->a, parents, parent_count,
                   pg_catalog_cell(l, CONSTRAINT_REFERENCE));
    }
    *columns = names;
    if (references != NULL)
        *references = parents;
    return count;
}

static void take_primary_key(pg_keys *k, structure_table *out) {
    structure_primary_key found = {
        .name = pg_catalog_cell(&k->constraints, CONSTRAINT_NAME)};
    found.column_count = take_names(k, &found.columns, NULL);
    out->primary_key = found;
}

static structure_foreign_key take_foreign_key(pg_keys *k,
                                              const structure_table *t) {
    const pg_catalog_list *l = &k->constraints;
    str parent_schema = pg_catalog_schema(
        k->catalog, pg_catalog_cell(l, CONSTRAINT_PARENT_SCHEMA));
    structure_foreign_key f = {
        .name = pg_catalog_cell(l, CONSTRAINT_NAME),
        .parent_schema =
            str_equal(parent_schema, t->schema) ? (str){0} : parent_schema,
        .parent = pg_catalog_cell(l, CONSTRAINT_PARENT),
        .on_delete = action_of(pg_catalog_cell(l, CONSTRAINT_ON_DELETE)),
        .on_update = action_of(pg_catalog_cell(l, CONSTRAINT_ON_UPDATE)),
    };
    f.column_count = take_names(k, &f.columns, &f.references);
    return f;
}

static structure_check take_check(pg_keys *k) {
    const pg_catalog_list *l = &k->constraints;
    structure_check check = {
        .name = pg_catalog_cell(l, CONSTRAINT_NAME),
        .expression =
            sql_unbracketed(pg_catalog_cell(l, CONSTRAINT_EXPRESSION)),
    };
    const str *columns = NULL;
    if (take_names(k, &columns, NULL) == 1)
        check.column = columns[0];
    return check;
}

void pg_keys_take_constraints(pg_keys *k, str oid, structure_table *out) {
    structure_foreign_key *keys = NULL;
    structure_check *checks = NULL;
    while (pg_catalog_list_is_at(&k->constraints, 0, oid)) {
        char type = pg_catalog_cell(&k->constraints, CONSTRAINT_TYPE).ptr[0];
        if (type == 'p') {
            take_primary_key(k, out);
        } else if (type == 'f') {
            structure_foreign_key f = take_foreign_key(k, out);
            ARENA_PUSH(k->catalog->a, keys, out->foreign_key_count, f);
        } else {
            structure_check check = take_check(k);
            ARENA_PUSH(k->catalog->a, checks, out->check_count, check);
        }
    }
    out->foreign_keys = keys;
    out->checks = checks;
}

/* ---- Indexes ------------------------------------------------------------ */

/* A row for each key column of an index. Option bits (pg_index.indoption): 1 is
 * DESC, 2 is NULLS FIRST; ASC NULLS LAST and DESC NULLS FIRST are the usual.
 * pg_index of PostgreSQL 14 has no indnullsnotdistinct. */
static const char INDEXES[] = PG_RELATIONS
    "SELECT r.oid, x.indexrelid, xc.relname, x.indisunique, k.oid IS NOT NULL,"
    " am.amname, a.attname, x.indoption[u.position - 1] & 1 <> 0,"
    " CASE WHEN NOT o.opcdefault THEN o.opcname END,"
    " (x.indexprs IS NOT NULL"
    " OR x.indisexclusion OR x.indnatts > x.indnkeyatts"
    " OR to_jsonb(x) ->> 'indnullsnotdistinct' = 'true'"
    " OR EXISTS (SELECT FROM generate_series(0, x.indnkeyatts - 1) i"
    " JOIN pg_attribute b ON b.attrelid = r.oid AND b.attnum = x.indkey[i]"
    " WHERE x.indoption[i] NOT IN (0, 3)"
    " OR x.indcollation[i] NOT IN (0, b.attcollation))"
    "), pg_get_indexdef(x.indexrelid), NOT x.indisvalid,"
    " pg_get_expr(x.indpred, x.indrelid)"
    " FROM relation r JOIN pg_index x ON x.indrelid = r.oid"
    " JOIN pg_class xc ON xc.oid = x.indexrelid"
    " JOIN pg_am am ON am.oid = xc.relam"
    " LEFT JOIN pg_constraint k ON k.conindid = x.indexrelid"
    " AND k.conrelid = r.oid AND k.contype = 'u'"
    " CROSS JOIN generate_series(1, x.indnkeyatts) AS u (position)"
    " JOIN pg_opclass o ON o.oid = x.indclass[u.position - 1]"
    " LEFT JOIN pg_attribute a"
    " ON a.attrelid = r.oid AND a.attnum = x.indkey[u.position - 1]"
    " WHERE NOT x.indisprimary"
    " ORDER BY r.oid, x.indexrelid, u.position";

enum {
    INDEX_OID = 1,
    INDEX_NAME,
    INDEX_IS_UNIQUE,
    INDEX_IS_CONSTRAINT,
    INDEX_METHOD,
    INDEX_COLUMN,
    INDEX_IS_DESCENDING,
    INDEX_OPERATOR_CLASS,
    INDEX_IS_SPECIAL,
    INDEX_DEFINITION,
    INDEX_IS_INVALID,
    INDEX_CONDITION,
};

/* The method of another extension's is not known; then its definition is all
 * there is. */
static structure_index take_index(pg_keys *k) {
    pg_catalog_list *l = &k->indexes;
    str id = pg_catalog_cell(l, INDEX_OID);
    structure_index x = {
        .name = pg_catalog_cell(l, INDEX_NAME),
        .is_unique = pg_catalog_flag(l, INDEX_IS_UNIQUE),
        .is_constraint = pg_catalog_flag(l, INDEX_IS_CONSTRAINT),
        .is_invalid = pg_catalog_flag(l, INDEX_IS_INVALID),
    };
    bool is_known =
        index_method_find(pg_catalog_cell(l, INDEX_METHOD), &x.method);
    bool is_special = !is_known || pg_catalog_flag(l, INDEX_IS_SPECIAL);
    bool is_partial = !pg_is_null(pg_catalog_cell(l, INDEX_CONDITION));
    if (is_special || is_partial)
        x.definition = pg_catalog_cell(l, INDEX_DEFINITION);
    if (!is_special && is_partial)
        x.condition = pg_catalog_cell(l, INDEX_CONDITION);
    structure_part *parts = NULL;
    for (; pg_catalog_list_is_at(l, INDEX_OID, id); l->at++) {
        structure_part part = {
            .column = pg_catalog_cell(l, INDEX_COLUMN),
            .is_descending = pg_catalog_flag(l, INDEX_IS_DESCENDING),
            .operator_class = pg_catalog_cell(l, INDEX_OPERATOR_CLASS),
        };
        ARENA_PUSH(k->catalog->a, parts, x.part_count, part);
    }
    x.parts = parts;
    return x;
}

void pg_keys_take_indexes(pg_keys *k, str oid, structure_table *out) {
    structure_index *indexes = NULL;
    while (pg_catalog_list_is_at(&k->indexes, 0, oid)) {
        structure_index x = take_index(k);
        ARENA_PUSH(k->catalog->a, indexes, out->index_count, x);
    }
    out->indexes = indexes;
}

err *pg_keys_read(pg_catalog *catalog, pg_keys *out) {
    *out = (pg_keys){.catalog = catalog};
    TRY(pg_catalog_list_read(catalog, CONSTRAINTS, &out->constraints));
    return pg_catalog_list_read(catalog, INDEXES, &out->indexes);
}
