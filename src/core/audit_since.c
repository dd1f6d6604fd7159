#include "core/audit_since.h"

#include "base/timestamp.h"
#include "database/filter.h"

static bool is_since(const filter *f) {
    return f->kind == FILTER_COMPARE && !f->is_negated &&
           f->derivation == NULL &&
           str_equal(f->field->column, STR("created_at")) &&
           (f->op == COMPARE_GT || f->op == COMPARE_GTE || f->op == COMPARE_EQ);
}

static const filter *find_since(const filter *where) {
    if (where == NULL || where->is_negated)
        return NULL;
    if (is_since(where))
        return where;
    for (size_t i = 0; where->kind == FILTER_ALL && i < where->child_count; i++)
        if (find_since(where->children[i]) != NULL)
            return find_since(where->children[i]);
    return NULL;
}

/* The first id of that time. */
static str first_id(arena *a, timestamp t) {
    unsigned long long ms = (unsigned long long)t.ms;
    return arena_printf(a, "%08llx-%04llx-0000-0000-000000000000", ms >> 16,
                        ms & 0xFFFF);
}

static bool has_such_ids(const model *m) {
    return m->primary_key != NULL && str_ends_with(m->table, STR("_audit_log"));
}

const filter *audit_since_narrow(arena *a, const model *m,
                                 const filter *where) {
    const filter *since = find_since(where);
    timestamp t;
    if (since == NULL || !has_such_ids(m) ||
        timestamp_parse(a, since->value.text, &t) != NULL || t.ms < 0)
        return where;
    const filter *const both[] = {
        filter_compare(a, m->primary_key->fields[0], COMPARE_GTE,
                       (value){.kind = VALUE_TEXT, .text = first_id(a, t)}),
        where,
    };
    return filter_all(a, both, LENGTH(both));
}
