/* serve_operator.h: what the settings say of the operator's token.
 * ERR_INVALID names the one that cannot be. */
#ifndef BIN_SERVE_OPERATOR_H
#define BIN_SERVE_OPERATOR_H

#include "bin/config.h"
#include "core/operator_access.h"

fallible serve_operator_read(arena *a, const config *c,
                             const operator_rules **out);

#endif
