/*
 * format_layout.h: where the lines of long attributes break.
 *
 *     @@allow(
 *       'read',
 *       auth() != null &&
 *       space.members?[user == auth()]
 *     )
 *
 * Only what Prisma does not have is broken for its length: attributes with
 * conditions, and lists behind '='. Comments inside break any of them.
 */
#ifndef SCHEMA_FORMAT_LAYOUT_H
#define SCHEMA_FORMAT_LAYOUT_H

#include "schema/format_writer.h"

/* These note in w->columns which tokens begin a line. What is laid out will be
 * written next, on a line that starts in `column`. */
void format_layout_attribute(format_writer *w,
                             const syntax_attribute *attribute, size_t column);
void format_layout_value(format_writer *w, const expression *value,
                         size_t column);

#endif
