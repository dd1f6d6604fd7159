/*
 * dotenv.h: the lines of a .env file.
 *
 *     # a comment
 *     DATABASE_URL="file:./app.db"   # quotes are taken off
 *     export TENON_WORKERS=2
 *
 * Single quotes keep everything as it is; double quotes know \n \" and \\.
 * Nothing is expanded.
 */
#ifndef BIN_DOTENV_H
#define BIN_DOTENV_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

typedef struct dotenv_entry {
    str name;
    str value;
    uint32_t line;
} dotenv_entry;

typedef struct dotenv {
    dotenv_entry *entries;
    size_t count;
} dotenv;

/* ERR_INVALID names the line. */
fallible dotenv_parse(arena *a, str text, dotenv *out);

/* The last entry of that name, or NULL. */
const dotenv_entry *dotenv_find(const dotenv *d, str name);

#endif
