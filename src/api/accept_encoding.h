/*
 * accept_encoding.h: which coding a client wants a reply in (RFC 9110 12.5.3).
 */
#ifndef API_ACCEPT_ENCODING_H
#define API_ACCEPT_ENCODING_H

#include "io/compression.h"
#include "io/http_message.h"

/* The coding that the Accept-Encoding headers weigh most of those that are in
 * available, a mask of 1U << coding; brotli before gzip before none when they
 * weigh the same. Without such a header, none; and none, too, for who refuses
 * it and takes nothing that is available: half an answer is worth more than
 * none. */
content_coding accept_encoding_choose(const http_request *request,
                                      unsigned available);

#endif
