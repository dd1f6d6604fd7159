#include "database/origin.h"

#include <stddef.h>

#include "base/json.h"

#define PART(name)                                                             \
    { STR_INIT(#name), offsetof(change_origin, name) }
const origin_part ORIGIN_PARTS[ORIGIN_PART_COUNT] = {
    PART(user_id),    PART(token_id),   PART(organization_id), PART(space_id),
    PART(request_id), PART(ip_address), PART(user_agent),      PART(reason),
};
#undef PART

void origin_write(buf *out, const change_origin *o) {
    char comma = '{';
    for (size_t i = 0; i < ORIGIN_PART_COUNT; i++) {
        str part = origin_part_of(o, i);
        if (str_is_empty(part))
            continue;
        buf_append_char(out, comma);
        comma = ',';
        json_write_string(out, ORIGIN_PARTS[i].column);
        buf_append_char(out, ':');
        json_write_string(out, part);
    }
    buf_append(out, comma == '{' ? STR("{}") : STR("}"));
}
