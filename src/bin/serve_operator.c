#include "bin/serve_operator.h"

/* IPv4 is a part of IPv6 here (address_range.h). */
static const str LOOPBACK = STR_INIT("127.0.0.0/8,::1");
static const str ANY = STR_INIT("::/0");

static err *read_ranges(arena *a, str list, operator_rules *out) {
    address_range *ranges = NULL;
    while (!str_is_empty(list)) {
        address_range range;
        str text = str_trim(str_split(&list, ','));
        err *e = address_range_parse(a, text, &range);
        if (e != NULL)
            return err_wrap(a, e, "operator-from");
        ARENA_PUSH(a, ranges, out->range_count, range);
    }
    out->ranges = ranges;
    return NULL;
}

err *serve_operator_read(arena *a, const config *c,
                         const operator_rules **out) {
    operator_rules *rules = arena_new_array(a, operator_rules, 1);
    str list = config_text(c, CONFIG_OPERATOR_FROM);
    rules->is_local = str_equal(list, STR("loopback"));
    if (rules->is_local)
        list = LOOPBACK;
    else if (str_equal(list, STR("any")))
        list = ANY;
    else if (str_equal(list, STR("none")))
        list = (str){0};
    TRY(read_ranges(a, list, rules));
    *out = rules;
    return operator_first_parse(a, config_text(c, CONFIG_OPERATOR_TOKEN),
                                &rules->first);
}
