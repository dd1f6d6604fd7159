#include "schema/referential_action.h"

#include "base/attr.h"

static const struct {
    str name;
    str sql;
} ACTIONS[] = {
    [ACTION_NO_ACTION] = {STR_INIT("NoAction"), STR_INIT("NO ACTION")},
    [ACTION_RESTRICT] = {STR_INIT("Restrict"), STR_INIT("RESTRICT")},
    [ACTION_CASCADE] = {STR_INIT("Cascade"), STR_INIT("CASCADE")},
    [ACTION_SET_NULL] = {STR_INIT("SetNull"), STR_INIT("SET NULL")},
    [ACTION_SET_DEFAULT] = {STR_INIT("SetDefault"), STR_INIT("SET DEFAULT")},
};
_Static_assert(LENGTH(ACTIONS) == REFERENTIAL_ACTION_COUNT, "a row for each");

str referential_action_name(referential_action action) {
    return ACTIONS[action].name;
}

str referential_action_sql(referential_action action) {
    return ACTIONS[action].sql;
}

bool referential_action_find(str name, referential_action *out) {
    for (size_t i = 0; i < LENGTH(ACTIONS); i++) {
        if (str_equal(name, ACTIONS[i].name)) {
            *out = (referential_action)i;
            return true;
        }
    }
    return false;
}

bool referential_action_find_sql(str sql, referential_action *out) {
    for (size_t i = 0; i < LENGTH(ACTIONS); i++) {
        if (str_equal_ignoring_case(sql, ACTIONS[i].sql)) {
            *out = (referential_action)i;
            return true;
        }
    }
    return false;
}
