/* referential_delete.h: the part of referential_plan.h for a DELETE. */
#ifndef CORE_REFERENTIAL_DELETE_H
#define CORE_REFERENTIAL_DELETE_H

#include "core/referential_plan.h"

fallible referential_delete_plan(referential_plan *p);

#endif
