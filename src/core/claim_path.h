/*
 * claim_path.h: where in the claims of a token something is.
 *
 *     role      app.role      .app_metadata.roles[0]      ."https://a.example/role"
 *
 * Keys and places in lists, as PostgREST's users write them; the dot in front
 * may be left out. A key in quotes may have any character, '"' and '\' behind a
 * '\'.
 */
#ifndef CORE_CLAIM_PATH_H
#define CORE_CLAIM_PATH_H

#include "base/err.h"
#include "base/json.h"

/* ERR_INVALID says what is wrong with it. */
fallible claim_path_check(arena *a, str path);

/* What is there, or NULL. The path has been checked. */
const json *claim_path_find(const json *claims, str path);

#endif
