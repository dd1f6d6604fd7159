/*
 * lua_pattern.h: Lua's patterns, matched with an end in sight.
 *
 * The meaning is that of LuaJIT's string library, down to its errors, but each
 * step is counted: a pattern such as (.-)*(.-)*x is exponential in its text,
 * and nothing can stop the library's own matcher once it has begun.
 *
 *     lua_pattern_steps steps = {.left = 100000};
 *     lua_pattern_match found;
 *     if (lua_pattern_find(STR("(%w+)=(%w+)"), text, 0, &steps, &found) ==
 *         LUA_PATTERN_FOUND) ...
 *
 * Nothing is allocated; the depth of recursion is bounded by
 * LUA_PATTERN_MAX_DEPTH. A NUL in a pattern is a byte like others.
 */
#ifndef LUA_LUA_PATTERN_H
#define LUA_LUA_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum {
    LUA_PATTERN_MAX_CAPTURES = 32,
    LUA_PATTERN_MAX_DEPTH = 100, /* of items that may match in several ways */
};

/* Embed it in what knows whether there may be more. */
typedef struct lua_pattern_steps lua_pattern_steps;
struct lua_pattern_steps {
    uint64_t left;
    /* Called when none are left: puts some there, or says no. NULL: no. */
    bool (*refill)(lua_pattern_steps *steps);
};

typedef enum lua_pattern_answer {
    LUA_PATTERN_ABSENT,
    LUA_PATTERN_FOUND,
    LUA_PATTERN_MALFORMED,
    LUA_PATTERN_TOO_COSTLY,
} lua_pattern_answer;

typedef struct lua_capture {
    size_t start;
    size_t len;
    bool is_position; /* of (): start alone counts */
} lua_capture;

typedef struct lua_pattern_match {
    size_t start;
    size_t end;
    size_t capture_count;
    lua_capture captures[LUA_PATTERN_MAX_CAPTURES];
    const char *problem; /* of LUA_PATTERN_MALFORMED */
} lua_pattern_match;

/* The first match that begins at from or later; a ^ at the beginning of the
 * pattern ties it to from. from is at most the text's length. */
lua_pattern_answer lua_pattern_find(str pattern, str text, size_t from,
                                    lua_pattern_steps *steps,
                                    lua_pattern_match *out);

/* The same, where ^ is a byte like others: for gmatch. */
lua_pattern_answer lua_pattern_find_next(str pattern, str text, size_t from,
                                         lua_pattern_steps *steps,
                                         lua_pattern_match *out);

#endif
