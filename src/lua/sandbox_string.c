#include "lua/sandbox_string.h"

#include <lauxlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/attr.h"
#include "lua/lua_pattern.h"
#include "lua/sandbox.h"

enum {
    INSTRUCTIONS_A_STEP = 2, /* that take as long */
    STEPS = 500,             /* between two looks at the limits */
    PLAIN_BYTES = 16,        /* that are searched in an instruction's time */
};

typedef struct counted_steps {
    lua_pattern_steps steps;
    lua_State *lua;
} counted_steps;

static bool refill(lua_pattern_steps *steps) {
    counted_steps *c = CONTAINER_OF(steps, counted_steps, steps);
    sandbox_spend(c->lua, STEPS * INSTRUCTIONS_A_STEP);
    steps->left = STEPS;
    return true;
}

static counted_steps steps_of(lua_State *L) {
    return (counted_steps){{.left = STEPS, .refill = refill}, L};
}

static str check_text(lua_State *L, int index) {
    str text;
    text.ptr = luaL_checklstring(L, index, &text.len);
    return text;
}

/* From 1 on, from the end when it is negative; no farther than the end. */
static size_t check_start(lua_State *L, int index, size_t len) {
    lua_Integer start = luaL_optinteger(L, index, 1);
    if (start < 0)
        start += (lua_Integer)len;
    else
        start--;
    if (start < 0)
        return 0;
    return (size_t)start > len ? len : (size_t)start;
}

/* ---- A match ------------------------------------------------------------- */

static bool find(lua_State *L, str pattern, str text, size_t from, bool is_next,
                 lua_pattern_match *out) {
    counted_steps steps = steps_of(L);
    lua_pattern_answer answer =
        is_next ? lua_pattern_find_next(pattern, text, from, &steps.steps, out)
                : lua_pattern_find(pattern, text, from, &steps.steps, out);
    sandbox_spend(L, (int64_t)(STEPS - steps.steps.left) * INSTRUCTIONS_A_STEP);
    if (answer == LUA_PATTERN_MALFORMED)
        luaL_error(L, "%s", out->problem);
    return answer == LUA_PATTERN_FOUND;
}

static void push_capture(lua_State *L, str text, const lua_capture *c) {
    if (c->is_position)
        lua_pushinteger(L, (lua_Integer)c->start + 1);
    else
        lua_pushlstring(L, text.ptr + c->start, c->len);
}

static int push_captures(lua_State *L, str text, const lua_pattern_match *m) {
    luaL_checkstack(L, LUA_PATTERN_MAX_CAPTURES, "too many captures");
    for (size_t i = 0; i < m->capture_count; i++)
        push_capture(L, text, &m->captures[i]);
    return (int)m->capture_count;
}

static int push_captures_or_all(lua_State *L, str text,
                                const lua_pattern_match *m) {
    if (m->capture_count > 0)
        return push_captures(L, text, m);
    lua_pushlstring(L, text.ptr + m->start, m->end - m->start);
    return 1;
}

static int push_place(lua_State *L, size_t start, size_t end) {
    lua_pushinteger(L, (lua_Integer)start + 1);
    lua_pushinteger(L, (lua_Integer)end);
    return 2;
}

/* ---- find and match ------------------------------------------------------ */

static bool is_plain(str pattern) {
    static const char SPECIAL[] = "^$*+?.([%-";
    for (size_t i = 0; i < pattern.len; i++)
        if (pattern.ptr[i] != 0 && strchr(SPECIAL, pattern.ptr[i]) != NULL)
            return false;
    return true;
}

static int find_plain(lua_State *L, str text, str part, size_t from) {
    sandbox_spend(L, (lua_Integer)((text.len - from) / PLAIN_BYTES));
    const char *at =
        memmem(text.ptr + from, text.len - from, part.ptr, part.len);
    if (at == NULL) {
        lua_pushnil(L);
        return 1;
    }
    size_t start = (size_t)(at - text.ptr);
    return push_place(L, start, start + part.len);
}

static int string_find(lua_State *L) {
    str text = check_text(L, 1);
    str pattern = check_text(L, 2);
    size_t from = check_start(L, 3, text.len);
    lua_pattern_match m;
    if (lua_toboolean(L, 4) || is_plain(pattern))
        return find_plain(L, text, pattern, from);
    if (!find(L, pattern, text, from, false, &m)) {
        lua_pushnil(L);
        return 1;
    }
    return push_place(L, m.start, m.end) + push_captures(L, text, &m);
}

static int string_match(lua_State *L) {
    str text = check_text(L, 1);
    str pattern = check_text(L, 2);
    size_t from = check_start(L, 3, text.len);
    lua_pattern_match m;
    if (find(L, pattern, text, from, false, &m))
        return push_captures_or_all(L, text, &m);
    lua_pushnil(L);
    return 1;
}

static int string_step(lua_State *L) {
    str text = check_text(L, 1);
    str pattern = check_text(L, 2);
    lua_Integer from = luaL_checkinteger(L, 3) - 1;
    lua_pattern_match m;
    if (from < 0 || (size_t)from > text.len ||
        !find(L, pattern, text, (size_t)from, lua_toboolean(L, 4), &m)) {
        lua_pushnil(L);
        return 1;
    }
    lua_pushinteger(L, (lua_Integer)m.start + 1);
    lua_pushinteger(L, (lua_Integer)m.end + 1);
    return 2 + push_captures_or_all(L, text, &m);
}

/* ---- gsub with a text ---------------------------------------------------- */

/* What is being made: a userdata, so that it is given back whatever happens. */
typedef struct output {
    char *bytes;
    size_t len;
    size_t room;
} output;

/* The memory stands at index OUTPUT of the stack. */
enum { OUTPUT = 5 };

static void put(lua_State *L, output *o, const char *bytes, size_t len) {
    if (len > o->room - o->len) {
        size_t room = (o->len + len) * 2;
        char *more = lua_newuserdata(L, room);
        if (o->len > 0)
            memcpy(more, o->bytes, o->len);
        lua_replace(L, OUTPUT);
        o->bytes = more;
        o->room = room;
    }
    if (len > 0)
        memcpy(o->bytes + o->len, bytes, len);
    o->len += len;
}

static void put_capture(lua_State *L, output *o, str text,
                        const lua_pattern_match *m, size_t i) {
    if (i == 0 && m->capture_count == 0) {
        put(L, o, text.ptr + m->start, m->end - m->start);
        return;
    }
    if (i >= m->capture_count)
        luaL_error(L, "invalid capture index");
    const lua_capture *c = &m->captures[i];
    if (!c->is_position) {
        put(L, o, text.ptr + c->start, c->len);
        return;
    }
    size_t len;
    lua_pushinteger(L, (lua_Integer)c->start + 1);
    const char *digits = lua_tolstring(L, -1, &len);
    put(L, o, digits, len);
    lua_pop(L, 1);
}

static void put_replacement(lua_State *L, output *o, str text, str with,
                            const lua_pattern_match *m) {
    for (size_t i = 0; i < with.len; i++) {
        bool is_escape = with.ptr[i] == '%';
        if (is_escape)
            i++;
        char c = i < with.len ? with.ptr[i] : 0;
        if (is_escape && c == '0')
            put(L, o, text.ptr + m->start, m->end - m->start);
        else if (is_escape && ascii_is_digit(c))
            put_capture(L, o, text, m, (size_t)(c - '1'));
        else
            put(L, o, &c, 1);
    }
}

static int string_replace(lua_State *L) {
    str text = check_text(L, 1);
    str pattern = check_text(L, 2);
    str with = check_text(L, 3);
    lua_Integer most = luaL_optinteger(L, 4, (lua_Integer)text.len + 1);
    bool is_tied = pattern.len > 0 && pattern.ptr[0] == '^';
    lua_settop(L, 4);
    lua_pushnil(L);
    output o = {0};
    lua_Integer count = 0;
    size_t at = 0;
    lua_pattern_match m;
    while (count < most && find(L, pattern, text, at, false, &m)) {
        count++;
        put(L, &o, text.ptr + at, m.start - at);
        put_replacement(L, &o, text, with, &m);
        at = m.end;
        if (m.end == m.start) {
            if (at == text.len)
                break;
            put(L, &o, text.ptr + at, 1);
            at++;
        }
        if (is_tied)
            break;
    }
    put(L, &o, text.ptr + at, text.len - at);
    lua_pushlstring(L, o.bytes, o.len);
    lua_pushinteger(L, count);
    return 2;
}

void sandbox_string_push(lua_State *L) {
    static const struct luaL_Reg FUNCTIONS[] = {
        {"find", string_find},
        {"match", string_match},
        {"step", string_step},
        {"replace", string_replace},
    };
    lua_createtable(L, 0, LENGTH(FUNCTIONS));
    for (size_t i = 0; i < LENGTH(FUNCTIONS); i++) {
        lua_pushcfunction(L, FUNCTIONS[i].func);
        lua_setfield(L, -2, FUNCTIONS[i].name);
    }
}
