/*
 * text_rule.h: what counts as an e-mail address, a URL, a date and time.
 *
 * The rules are of use rather than complete: they refuse what is surely a
 * mistake or a risk, and what passes can be worked with.
 *
 *   email     local@domain.tld: HTML's rule for <input type=email>, with a dot
 *             in the domain, no dots at the ends of the local part or beside
 *             each other; 254 bytes at most, 64 before the @. ASCII only
 *   url       http or https, a host, no credentials, no blanks or control
 *             characters: a link that can be shown to others. Not javascript:
 *   datetime  RFC 3339 with a zone: 2024-01-31T12:00:00Z
 */
#ifndef CORE_TEXT_RULE_H
#define CORE_TEXT_RULE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"

bool text_rule_is_email(str text);
bool text_rule_is_url(str text);
bool text_rule_is_datetime(arena *a, str text);

#endif
