/*
 * origin.h: who changes something, and from where: what the audit log says of a
 * change beside the change itself.
 *
 * Filled in by whoever runs a mutation, from the request and its principal, or
 * with a reason when the system does it by itself. What is not known is empty.
 * Borrowed by a mutation until it has run.
 */
#ifndef DATABASE_ORIGIN_H
#define DATABASE_ORIGIN_H

#include "base/buf.h"

typedef struct change_origin {
    str user_id;
    str token_id;
    str organization_id;
    str space_id;
    str request_id;
    str ip_address;
    str user_agent;
    str reason; /* of what nobody asked for: "retention", "job mail.send" */
} change_origin;

enum { ORIGIN_PART_COUNT = 8 };

/* Its parts in the order above, with the names of the log's columns. */
typedef struct origin_part {
    str column;
    size_t offset; /* of the str in a change_origin */
} origin_part;
extern const origin_part ORIGIN_PARTS[ORIGIN_PART_COUNT];

static inline str origin_part_of(const change_origin *o, size_t i) {
    return *(const str *)((const char *)o + ORIGIN_PARTS[i].offset);
}

/* As a JSON object without the empty ones. */
void origin_write(buf *out, const change_origin *o);

#endif
