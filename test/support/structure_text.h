/*
 * structure_text.h: a structure as text, sorted by names, to compare and show.
 *
 *     table User
 *       column email TEXT required
 *       key User_pkey (id)
 *       unique User_email_key btree (email)
 */
#ifndef TEST_SUPPORT_STRUCTURE_TEXT_H
#define TEST_SUPPORT_STRUCTURE_TEXT_H

#include "database/structure.h"

str structure_text(arena *a, const structure *s);

/* The lines that one of two texts has and the other has not, with - and +;
 * empty when they are equal. */
str structure_text_difference(arena *a, str one, str other);

#endif
