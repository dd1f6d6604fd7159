/*
 * entity_tag.h: what tells a client that it has the answer already (RFC 9110
 * 8.8.3 and 13.1.2).
 *
 * A tag is weak and of the reply before it is compressed, so that all codings
 * of one answer share it. It is a hash of the body and of what stands beside it
 * in the head: two answers of one tag are the same rows with the same count.
 * The hash is fixed, for all nodes and versions to agree.
 */
#ifndef API_ENTITY_TAG_H
#define API_ENTITY_TAG_H

#include "io/http_message.h"

enum { ENTITY_TAG_LENGTH = sizeof "W/\"0123456789abcdef\"" - 1 };

void entity_tag_write(const http_reply *reply, char out[ENTITY_TAG_LENGTH]);

/* Whether the request's If-None-Match names the tag, or any. */
bool entity_tag_is_known(const http_request *request, str tag);

#endif
