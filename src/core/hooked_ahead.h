/*
 * hooked_ahead.h: what earlier mutations of the same transaction will hand back,
 * for hooks that run before it.
 *
 *     UPDATE project SET ... WHERE id = 1      hands back its id
 *     UPDATE task SET ... WHERE id = 5 AND project_id = <that id>
 *
 * What is not made in the transaction can be read ahead: the transaction finds
 * out whether it is still so, as it does for the rows that hooks see. A row that
 * is not there yet has nothing that belongs to it.
 */
#ifndef CORE_HOOKED_AHEAD_H
#define CORE_HOOKED_AHEAD_H

#include "core/mutation_set.h"

/* m->where without VALUE_CELLs, which count what is ready in the set.
 * ERR_UNSUPPORTED for what only the transaction can know. Suspends. */
fallible hooked_ahead_where(const mutation_set *before, const mutation *m,
                            const filter **out);

#endif
