/*
 * typescript_page.h: writes TypeScript types for people to read, laid out as
 * Prettier does it: two spaces for each level, 80 columns.
 *
 *     typescript_page p = {.a = a, .out = out};
 *     typescript_page_open(&p, STR("Row"));
 *     typescript_page_member(&p, typescript_key(a, f->column), STR("number"));
 *     typescript_page_close(&p, STR(";"));
 *
 * Keys and types are source text. What comes from a schema may be any text, and
 * becomes that by typescript_key and typescript_string. A key with a question
 * mark behind it is one that may be left out.
 */
#ifndef GENERATE_TYPESCRIPT_PAGE_H
#define GENERATE_TYPESCRIPT_PAGE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

typedef struct typescript_page {
    arena *a;
    buf *out;
    size_t depth;
    bool is_fresh; /* an object is open, and nothing of it is written */
} typescript_page;

/* One of several types, a list of such values, null: in that order. */
typedef struct typescript_union {
    const str *types;
    size_t count; /* 1 or more */
    bool is_list;
    bool is_nullable;
} typescript_union;

/* "text". Nothing in it ends the string, or shows in an editor as something
 * else than what a compiler reads. */
str typescript_string(arena *a, str text);

/* name, or "its name" where it is no identifier. */
str typescript_key(arena *a, str name);

/* A comment about what comes next; none when doc is empty. */
void typescript_page_doc(typescript_page *p, str doc);

/* An object: a member of the one that is open, or without a key an item. One
 * that stays empty becomes a type without members. suffix is what stands behind
 * it in its last line: "[];". */
void typescript_page_open(typescript_page *p, str key);
/* One that a generic type is given: "Update: Changes<" and ">;" at its end. */
void typescript_page_open_of(typescript_page *p, str key, str generic);
void typescript_page_close(typescript_page *p, str suffix);

/* type: in one line, whatever its length. */
void typescript_page_member(typescript_page *p, str key, str type);

void typescript_page_union(typescript_page *p, str key,
                           const typescript_union *type);

/* A tuple of strings. */
void typescript_page_strings(typescript_page *p, str key, const str *texts,
                             size_t count);

/* Between brackets, an item on each line: "[" to "];". Objects in it are opened
 * without a key. */
void typescript_page_open_list(typescript_page *p, str key, str bracket);
void typescript_page_item(typescript_page *p, str source);
void typescript_page_close_list(typescript_page *p, str bracket);

#endif
