/*
 * format.h: a schema file in its one layout.
 *
 *     model Post {
 *       id    Int     @id @default(autoincrement())
 *       title String? // trailing comments stay behind their line
 *
 *       @@index([title])
 *     }
 *
 * What Prisma's formatter does with a file that it understands, this one does,
 * too: members in columns between blank lines, the attributes of a field in an
 * order of their own, those of a block at its end. The rest of the language is
 * laid out in the same spirit; conditions too long for a line get one line for
 * each operand. Formatting twice changes nothing more, and nothing but layout
 * and that order changes: every comment stays with what it stands at.
 */
#ifndef SCHEMA_FORMAT_H
#define SCHEMA_FORMAT_H

#include "schema/syntax.h"

/* file must have been parsed without an error. The text ends in a line end,
 * unless it is empty. */
str format_text(arena *a, const syntax_file *file);

#endif
