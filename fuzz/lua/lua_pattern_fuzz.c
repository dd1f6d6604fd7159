/* The first byte says how long the pattern is; the rest is the text. What our
 * matcher answers in few steps LuaJIT's answers the same. */
#include "base/assert.h"
#include "test/support/lua_oracle.h"

enum { STEPS = 20000, MAX_PATTERN = 40, MAX_TEXT = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_within(str text, const lua_pattern_match *m) {
    ASSERT(m->start <= m->end && m->end <= text.len);
    ASSERT(m->capture_count <= LUA_PATTERN_MAX_CAPTURES);
    for (size_t i = 0; i < m->capture_count; i++) {
        const lua_capture *c = &m->captures[i];
        ASSERT(c->start <= text.len && c->len <= text.len - c->start);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0)
        return 0;
    str rest = {(const char *)data + 1, size - 1};
    size_t wanted = data[0] % (MAX_PATTERN + 1);
    str pattern = str_take(&rest, wanted < rest.len ? wanted : rest.len);
    str text = {rest.ptr, rest.len < MAX_TEXT ? rest.len : MAX_TEXT};
    lua_pattern_steps steps = {.left = STEPS};
    lua_pattern_match m;
    lua_pattern_answer answer = lua_pattern_find(pattern, text, 0, &steps, &m);
    if (answer == LUA_PATTERN_FOUND)
        check_within(text, &m);
    /* A NUL ends a pattern for LuaJIT. */
    if (answer == LUA_PATTERN_TOO_COSTLY ||
        str_find_char(pattern, '\0') < pattern.len)
        return 0;
    lua_State *L = lua_oracle_new();
    ASSERT(lua_oracle_agrees(L, pattern, text, answer, &m));
    lua_close(L);
    return 0;
}
