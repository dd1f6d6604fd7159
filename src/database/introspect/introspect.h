/*
 * introspect.h: a database written as a schema file.
 *
 *     str text = introspect_schema(a, structure, (introspect_options){0});
 *
 * Names are those that Prisma's `db pull` gives: models and fields are called
 * as their tables and columns, with @@map and @map where that is no name of the
 * language; a relation's fields are called as the model at its other end, and
 * where two relations join the same models, they and their fields are told
 * apart by the foreign key's columns (Post_authorIdToUser). A table _AToB that
 * only joins two others is a many-to-many relation. A table without a key that
 * identifies its rows gets @@ignore.
 *
 * What the language cannot say, and what others say in a way of their own
 * (partial indexes, checks that no schema asked for, triggers, generated
 * columns, foreign keys to what is no key) stays behind in `///` comments of
 * its model. What a database cannot hold (validation, policies, names of fields;
 * @updatedAt but for a trigger of ours) is not there, of course.
 */
#ifndef DATABASE_INTROSPECT_H
#define DATABASE_INTROSPECT_H

#include "database/structure.h"

typedef struct introspect_options {
    bool is_open;     /* @@allow('all', true) in every model */
    str url_variable; /* of the datasource's url; empty: "DATABASE_URL" */
} introspect_options;

/* The text is formatted, and is a schema: it loads without an error. */
str introspect_schema(arena *a, const structure *s, introspect_options options);

#endif
