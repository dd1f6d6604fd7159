#include "schema/state_machine.h"

static str name_of(const state_machine *m, size_t state) {
    return m->field->enumeration->values[state].database_name;
}

static size_t count_of(const state_machine *m) {
    return m->field->enumeration->value_count;
}

int state_machine_find(const state_machine *m, str database_name) {
    for (size_t i = 0; i < count_of(m); i++) {
        if (str_equal(name_of(m, i), database_name))
            return (int)i;
    }
    return STATE_NONE;
}

bool state_machine_moves(const state_machine *m, size_t from, size_t to) {
    return from == to || m->moves[from * count_of(m) + to];
}

/* "A, B or C" of those that are set; empty for none. */
static str list_states(arena *a, const state_machine *m, const bool *is_set) {
    str list = {0};
    size_t left = 0;
    for (size_t i = 0; i < count_of(m); i++)
        left += is_set[i];
    size_t count = left;
    for (size_t i = 0; i < count_of(m); i++) {
        if (!is_set[i])
            continue;
        const char *before = left == count ? "" : left == 1 ? " or " : ", ";
        list = arena_printf(a, "%.*s%s%.*s", STR_ARG(list), before,
                            STR_ARG(name_of(m, i)));
        left--;
    }
    return list;
}

str state_machine_initial(arena *a, const state_machine *m) {
    return list_states(a, m, m->initial);
}

str state_machine_refusal(arena *a, const state_machine *m, int from, int to) {
    if (from == STATE_NONE) {
        str initial = state_machine_initial(a, m);
        return arena_printf(a, "must begin as %.*s", STR_ARG(initial));
    }
    str was = name_of(m, (size_t)from);
    str becomes = to == STATE_NONE ? (str){0} : name_of(m, (size_t)to);
    str next = list_states(a, m, &m->moves[(size_t)from * count_of(m)]);
    return arena_printf(a, "cannot change from %.*s%s%.*s%s%.*s", STR_ARG(was),
                        str_is_empty(becomes) ? "" : " to ", STR_ARG(becomes),
                        str_is_empty(next) ? ", which is final" : ", only to ",
                        STR_ARG(next));
}
