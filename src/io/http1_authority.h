/*
 * http1_authority.h: the host and port of a Host line or an absolute target.
 */
#ifndef IO_HTTP1_AUTHORITY_H
#define IO_HTTP1_AUTHORITY_H

#include <stdbool.h>

#include "base/str.h"

/* Whether text is a name or an address, and perhaps ':' and a port (RFC 3986
 * 3.2.2). Without userinfo, and not empty: empty hosts are for other schemes
 * than http (RFC 9110 4.2.1). */
bool http1_is_authority(str text);

#endif
