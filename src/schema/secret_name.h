/*
 * secret_name.h: does a column hold a secret, by its name?
 *
 * What nobody marked @sensitive is kept out of logs all the same when it is
 * called password, clientSecret, access_token or api_key. Names are taken apart
 * into words, so that a tokenCount or a passwordChangedAt, which are no text
 * anyway, and a userTokenId stay readable.
 */
#ifndef SCHEMA_SECRET_NAME_H
#define SCHEMA_SECRET_NAME_H

#include <stdbool.h>

#include "base/str.h"

bool secret_name_matches(str name);

#endif
