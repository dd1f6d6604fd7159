#include "base/json.h"

#include "test/support/test.h"

static const json *parse(arena *a, str text) {
    const json *value = NULL;
    expect_ok(json_parse(a, text, &value));
    return value;
}

/* Texts with what they look like when written again. */
static void reads_what_rfc_8259_allows(void **state) {
    arena *a = *state;
    static const struct {
        str text;
        str compact;
    } CASES[] = {
        {STR_INIT("null"), STR_INIT("null")},
        {STR_INIT(" \t\r\n true \n"), STR_INIT("true")},
        {STR_INIT("false"), STR_INIT("false")},
        {STR_INIT("[]"), STR_INIT("[]")},
        {STR_INIT("[ \n ]"), STR_INIT("[]")},
        {STR_INIT("{}"), STR_INIT("{}")},
        {STR_INIT("{ }"), STR_INIT("{}")},
        {STR_INIT("[[],{},[[]]]"), STR_INIT("[[],{},[[]]]")},
        {STR_INIT(" [ 1 , 2 ] "), STR_INIT("[1,2]")},
        {STR_INIT("{ \"a\" : { \"b\" : [ null ] } , \"c\" : \"\" }"),
         STR_INIT("{\"a\":{\"b\":[null]},\"c\":\"\"}")},
        {STR_INIT("{\"\":1,\"\":2}"), STR_INIT("{\"\":1,\"\":2}")},

        {STR_INIT("0"), STR_INIT("0")},
        {STR_INIT("-0"), STR_INIT("-0")},
        {STR_INIT("-0.0e-00"), STR_INIT("-0.0e-00")},
        {STR_INIT("1E+2"), STR_INIT("1E+2")},
        {STR_INIT("9007199254740993"), STR_INIT("9007199254740993")},
        {STR_INIT("1e999999999999"), STR_INIT("1e999999999999")},
        {STR_INIT("0.10000000000000000000000000000000000001"),
         STR_INIT("0.10000000000000000000000000000000000001")},

        {STR_INIT("\"\""), STR_INIT("\"\"")},
        {STR_INIT("\"\x7F\""), STR_INIT("\"\x7F\"")},
        {STR_INIT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""),
         STR_INIT("\"\\\"\\\\/\\b\\f\\n\\r\\t\"")},
        {STR_INIT("\"\\u0000\\u001F\\u0020\""),
         STR_INIT("\"\\u0000\\u001f \"")},
        {STR_INIT("\"\\u00e9\\u20AC\\ud83D\\uDE00\""),
         STR_INIT("\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"")},
        {STR_INIT("\"\\uFFFF\\uDBFF\\uDFFF\""),
         STR_INIT("\"\xEF\xBF\xBF\xF4\x8F\xBF\xBF\"")},
        {STR_INIT("\"\\\\u0041 \\u005C\\u0022\""),
         STR_INIT("\"\\\\u0041 \\\\\\\"\"")},
        {STR_INIT("\"0123456789abcde\\n0123456789abcdef0123456789abcdef\\n\""),
         STR_INIT("\"0123456789abcde\\n0123456789abcdef0123456789abcdef\\n\"")},
        {STR_INIT("[\"[{,:]}\"]"), STR_INIT("[\"[{,:]}\"]")},
    };
    CLEANUP(buf_free) buf out = buf_new(1000);
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        buf_clear(&out, 1000);
        json_write(&out, parse(a, CASES[i].text));
        expect_str(buf_str(&out), CASES[i].compact);
    }
}

static void refuses_the_rest_and_says_where(void **state) {
    arena *a = *state;
    static const struct {
        str text;
        str message;
    } CASES[] = {
        {STR_INIT(""), STR_INIT("unexpected end, expected a value, at byte 0")},
        {STR_INIT("  "),
         STR_INIT("unexpected end, expected a value, at byte 2")},
        {STR_INIT("["),
         STR_INIT("unexpected end, expected a value, at byte 1")},
        {STR_INIT("{"),
         STR_INIT("unexpected end, expected a name in quotes, at byte 1")},
        {STR_INIT("[1"),
         STR_INIT("unexpected end, expected ',' or ']', at byte 2")},
        {STR_INIT("{\"a\":1"),
         STR_INIT("unexpected end, expected ',' or '}', at byte 6")},
        {STR_INIT("\"a"), STR_INIT("unexpected end, expected '\"', at byte 2")},
        {STR_INIT("\"a\\n"),
         STR_INIT("unexpected end, expected '\"', at byte 4")},
        {STR_INIT("\"a\\"),
         STR_INIT("unexpected end, expected an escape, at byte 3")},
        {STR_INIT("-"),
         STR_INIT("unexpected end, expected a digit, at byte 1")},

        {STR_INIT("[1,]"), STR_INIT("expected a value at byte 3")},
        {STR_INIT("[,1]"), STR_INIT("expected a value at byte 1")},
        {STR_INIT("[1 2]"), STR_INIT("expected ',' or ']' at byte 3")},
        {STR_INIT("[1}"), STR_INIT("expected ',' or ']' at byte 2")},
        {STR_INIT("{\"a\":1]"), STR_INIT("expected ',' or '}' at byte 6")},
        {STR_INIT("{\"a\":1,}"),
         STR_INIT("expected a name in quotes at byte 7")},
        {STR_INIT("{a:1}"), STR_INIT("expected a name in quotes at byte 1")},
        {STR_INIT("{1:1}"), STR_INIT("expected a name in quotes at byte 1")},
        {STR_INIT("{'a':1}"), STR_INIT("expected a name in quotes at byte 1")},
        {STR_INIT("{\"a\" 1}"), STR_INIT("expected ':' at byte 5")},
        {STR_INIT("{\"a\"}"), STR_INIT("expected ':' at byte 4")},
        {STR_INIT("{\"a\":}"), STR_INIT("expected a value at byte 5")},
        {STR_INIT("]"), STR_INIT("expected a value at byte 0")},
        {STR_INIT("1 1"), STR_INIT("expected the end at byte 2")},
        {STR_INIT("{}}"), STR_INIT("expected the end at byte 2")},
        {STR_INIT("1\0"), STR_INIT("expected the end at byte 1")},
        {STR_INIT("null//"), STR_INIT("expected the end at byte 4")},
        {STR_INIT("/**/1"), STR_INIT("expected a value at byte 0")},
        {STR_INIT("\v1"), STR_INIT("expected a value at byte 0")},
        {STR_INIT("\xC2\xA0"
                  "1"),
         STR_INIT("expected a value at byte 0")},
        {STR_INIT("\xEF\xBB\xBF{}"), STR_INIT("expected a value at byte 0")},

        {STR_INIT("nul"), STR_INIT("expected a value at byte 0")},
        {STR_INIT("True"), STR_INIT("expected a value at byte 0")},
        {STR_INIT("nulll"), STR_INIT("expected the end at byte 4")},
        {STR_INIT("NaN"), STR_INIT("expected a value at byte 0")},
        {STR_INIT("Infinity"), STR_INIT("expected a value at byte 0")},
        {STR_INIT("-Infinity"), STR_INIT("expected a digit at byte 1")},
        {STR_INIT("01"), STR_INIT("expected the end at byte 1")},
        {STR_INIT("-01"), STR_INIT("expected the end at byte 2")},
        {STR_INIT("+1"), STR_INIT("expected a value at byte 0")},
        {STR_INIT(".5"), STR_INIT("expected a value at byte 0")},
        {STR_INIT("[1.]"), STR_INIT("expected a digit at byte 3")},
        {STR_INIT("1.e1"), STR_INIT("expected a digit at byte 2")},
        {STR_INIT("[1e]"), STR_INIT("expected a digit at byte 3")},
        {STR_INIT("[1e+]"), STR_INIT("expected a digit at byte 4")},
        {STR_INIT("1e1.5"), STR_INIT("expected the end at byte 3")},
        {STR_INIT("0x10"), STR_INIT("expected the end at byte 1")},
        {STR_INIT("1_0"), STR_INIT("expected the end at byte 1")},

        {STR_INIT("'a'"), STR_INIT("expected a value at byte 0")},
        {STR_INIT("\"\n\""),
         STR_INIT("control character in a string at byte 1")},
        {STR_INIT("\"\0\""),
         STR_INIT("control character in a string at byte 1")},
        {STR_INIT("\"\\n\x1F\""),
         STR_INIT("control character in a string at byte 3")},
        {STR_INIT("\"0123456789abcdef\t\""),
         STR_INIT("control character in a string at byte 17")},
        {STR_INIT("\"\\x41\""), STR_INIT("unknown escape at byte 1")},
        {STR_INIT("\"\\'\""), STR_INIT("unknown escape at byte 1")},
        {STR_INIT("\"\\\n\""), STR_INIT("unknown escape at byte 1")},
        {STR_INIT("\"\\U0041\""), STR_INIT("unknown escape at byte 1")},
        {STR_INIT("\"\\u12\""),
         STR_INIT("expected four hexadecimal digits in \\u at byte 1")},
        {STR_INIT("\"\\u00g0\""),
         STR_INIT("expected four hexadecimal digits in \\u at byte 1")},
        {STR_INIT("\"\\u+041\""),
         STR_INIT("expected four hexadecimal digits in \\u at byte 1")},

        {STR_INIT("\"\\uD800\""), STR_INIT("lone surrogate at byte 1")},
        {STR_INIT("\"\\uDC00\""), STR_INIT("lone surrogate at byte 1")},
        {STR_INIT("\"\\uDE00\\uD83D\""), STR_INIT("lone surrogate at byte 1")},
        {STR_INIT("\"\\uD83D\\uD83D\\uDE00\""),
         STR_INIT("lone surrogate at byte 1")},
        {STR_INIT("\"\\uD83D\\u0041\""), STR_INIT("lone surrogate at byte 1")},
        {STR_INIT("\"a\\uD83Da\""), STR_INIT("lone surrogate at byte 2")},
        {STR_INIT("\"\\uD83D\\n\""), STR_INIT("lone surrogate at byte 1")},

        {STR_INIT("\"\x80\""), STR_INIT("invalid UTF-8 at byte 1")},
        {STR_INIT("\"\xC0\xAF\""), STR_INIT("invalid UTF-8 at byte 1")},
        {STR_INIT("\"a\xED\xA0\x80\""), STR_INIT("invalid UTF-8 at byte 2")},
        {STR_INIT("\"\xF4\x90\x80\x80\""), STR_INIT("invalid UTF-8 at byte 1")},
        {STR_INIT("{\"\xE2\x82\":1}"), STR_INIT("invalid UTF-8 at byte 2")},
        {STR_INIT("[\xFF]"), STR_INIT("invalid UTF-8 at byte 1")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        const json *value = NULL;
        /* An exact copy: a read past the end is seen by AddressSanitizer. */
        CLEANUP(buf_free) buf text = buf_new(CASES[i].text.len);
        buf_append(&text, CASES[i].text);
        expect_err(json_parse(a, buf_str(&text), &value), ERR_BODY,
                   CASES[i].message);
        assert_null(value);
    }
}

static str nested(arena *a, size_t depth, str open, str close) {
    char *text = arena_take(a, depth * (open.len + close.len) + 1, 1);
    char *to = text;
    for (size_t i = 0; i < depth; i++, to += open.len)
        memcpy(to, open.ptr, open.len);
    *to++ = '1';
    for (size_t i = 0; i < depth; i++, to += close.len)
        memcpy(to, close.ptr, close.len);
    return (str){text, (size_t)(to - text)};
}

static void bounds_the_depth(void **state) {
    arena *a = *state;
    const json *value;
    CLEANUP(buf_free) buf out = buf_new(10000);
    str arrays = nested(a, JSON_MAX_DEPTH, STR("["), STR("]"));
    json_write(&out, parse(a, arrays));
    expect_str(buf_str(&out), arrays);
    str objects = nested(a, JSON_MAX_DEPTH, STR("{\"a\":"), STR("}"));
    buf_clear(&out, 10000);
    json_write(&out, parse(a, objects));
    expect_str(buf_str(&out), objects);

    str deeper = nested(a, JSON_MAX_DEPTH + 1, STR("["), STR("]"));
    expect_err(json_parse(a, deeper, &value), ERR_BODY,
               STR("nested too deeply at byte 64"));
    str much_deeper = nested(a, 100000, STR("{\"a\":["), STR("]}"));
    expect_err(json_parse(a, much_deeper, &value), ERR_BODY,
               STR("nested too deeply at byte 192"));
}

static str list_of(arena *a, size_t count) {
    char *text = arena_take(a, 2 * count + 1, 1);
    for (size_t i = 0; i < count; i++)
        memcpy(text + 2 * i, ",1", 2);
    text[0] = '[';
    text[2 * count] = ']';
    return (str){text, 2 * count + 1};
}

static void bounds_the_number_of_values(void **state) {
    arena *a = *state;
    const json *value;
    /* The list itself is one. */
    str most = list_of(a, JSON_MAX_VALUES - 1);
    assert_int_equal(parse(a, most)->count, JSON_MAX_VALUES - 1);
    expect_err(json_parse(a, list_of(a, JSON_MAX_VALUES), &value), ERR_BODY,
               STR("too many values at byte 2097151"));
}

static void keeps_members_in_order_and_finds_the_last(void **state) {
    arena *a = *state;
    const json *o =
        parse(a, STR("{\"a\":1,\"\\u0062\":[2, 3 ],\"a\":{\"c\":null}}"));
    assert_int_equal(o->kind, JSON_OBJECT);
    assert_int_equal(o->count, 3);
    expect_str(o->keys[0], STR("a"));
    expect_str(o->keys[1], STR("b"));
    expect_str(o->keys[2], STR("a"));
    expect_str(o->items[0].text, STR("1"));
    expect_str(json_find(o, STR("a"))->text, STR("{\"c\":null}"));
    expect_str(json_find(o, STR("b"))->text, STR("[2, 3 ]"));
    assert_null(json_find(o, STR("c")));
    assert_null(json_find(json_find(o, STR("b")), STR("a")));
    assert_null(json_find(parse(a, STR("{}")), STR("")));
}

static void reads_more_members_than_it_has_room_for(void **state) {
    arena *a = *state;
    CLEANUP(buf_free) buf text = buf_new(1 << 20);
    buf_append_char(&text, '[');
    for (int i = 0; i < 5000; i++)
        buf_printf(&text, "%s{\"id\":%d,\"n\":\"%d\"}", i > 0 ? "," : "", i, i);
    buf_append_char(&text, ']');
    const json *rows = parse(a, buf_str(&text));
    assert_int_equal(rows->count, 5000);
    for (int64_t i = 0; i < 5000; i++) {
        int64_t id = -1;
        assert_int_equal(rows->items[i].count, 2);
        assert_true(json_int64(&rows->items[i].items[0], &id));
        assert_true(id == i);
    }
}

static void borrows_strings_that_have_no_escape(void **state) {
    arena *a = *state;
    str text = STR("[\"borrowed\",\"co\\u0070ied\"]");
    const json *list = parse(a, text);
    assert_ptr_equal(list->items[0].text.ptr, text.ptr + 2);
    expect_str(list->items[1].text, STR("copied"));
}

static void reads_numbers_exactly(void **state) {
    arena *a = *state;
    static const struct {
        str text;
        bool is_integer;
        int64_t integer;
        bool is_double;
        double real;
    } CASES[] = {
        {STR_INIT("0"), true, 0, true, 0},
        {STR_INIT("-12"), true, -12, true, -12},
        {STR_INIT("9007199254740993"), true, INT64_C(9007199254740993), true,
         9007199254740992.0},
        {STR_INIT("9223372036854775807"), true, INT64_MAX, true,
         9223372036854775808.0},
        {STR_INIT("-9223372036854775808"), true, INT64_MIN, true,
         -9223372036854775808.0},
        {STR_INIT("9223372036854775808"), false, 0, true,
         9223372036854775808.0},
        {STR_INIT("1.0"), false, 0, true, 1},
        {STR_INIT("1e2"), false, 0, true, 100},
        {STR_INIT("1e400"), false, 0, false, 0},
        {STR_INIT("\"1\""), false, 0, false, 0},
        {STR_INIT("true"), false, 0, false, 0},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        const json *value = parse(a, CASES[i].text);
        int64_t integer = 0;
        double real = 0;
        assert_int_equal(json_int64(value, &integer), CASES[i].is_integer);
        assert_true(integer == CASES[i].integer);
        assert_int_equal(json_double(value, &real), CASES[i].is_double);
        assert_true(real == CASES[i].real);
    }
}

static void writes_strings(void **state) {
    (void)state;
    static const struct {
        str text;
        str json;
    } CASES[] = {
        {STR_INIT(""), STR_INIT("\"\"")},
        {STR_INIT("a"), STR_INIT("\"a\"")},
        {STR_INIT("\"\\/\b\f\n\r\t"), STR_INIT("\"\\\"\\\\/\\b\\f\\n\\r\\t\"")},
        {STR_INIT("\0\x01\x0B\x1F\x7F"),
         STR_INIT("\"\\u0000\\u0001\\u000b\\u001f\x7F\"")},
        {STR_INIT("\xE2\x80\xA8 \xC3\xA9"),
         STR_INIT("\"\xE2\x80\xA8 \xC3\xA9\"")},
    };
    CLEANUP(buf_free) buf out = buf_new(1000);
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        buf_clear(&out, 0);
        json_write_string(&out, CASES[i].text);
        expect_str(buf_str(&out), CASES[i].json);
    }
    buf_clear(&out, 0);
    json_write_string(&out, (str){0});
    expect_str(buf_str(&out), STR("\"\""));
}

/* The writer looks at sixteen, eight and single bytes at a time: each special
 * byte at each place must be seen by all of them, and nothing else. */
static void finds_each_special_byte_at_each_place(void **state) {
    arena *a = *state;
    CLEANUP(buf_free) buf out = buf_new(1000);
    for (size_t len = 1; len <= 40; len++) {
        for (size_t at = 0; at < len; at++) {
            for (int c = 0; c < 0x80; c++) {
                char text[40];
                memset(text, 'x', sizeof text);
                text[at] = (char)c;
                buf_clear(&out, 1000);
                json_write_string(&out, (str){text, len});
                bool is_special = c < 0x20 || c == '"' || c == '\\';
                assert_true((out.len > len + 2) == is_special);
                str back = parse(a, buf_str(&out))->text;
                expect_str(back, ((str){text, len}));
            }
        }
        arena_reset(a);
    }
}

static void writes_nothing_past_the_maximum(void **state) {
    (void)state;
    CLEANUP(buf_free) buf out = buf_new(4);
    json_write_string(&out, STR("ab"));
    expect_str(buf_str(&out), STR("\"ab\""));
    assert_false(out.is_overflown);
    buf_clear(&out, 0);
    json_write_string(&out, STR("abc"));
    assert_true(out.is_overflown);
}

static void writes_doubles(void **state) {
    (void)state;
    CLEANUP(buf_free) buf out = buf_new(100);
    json_write_double(&out, -12.5);
    expect_str(buf_str(&out), STR("-12.5"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(reads_what_rfc_8259_allows),
        TEST(refuses_the_rest_and_says_where),
        TEST(bounds_the_depth),
        TEST(bounds_the_number_of_values),
        TEST(keeps_members_in_order_and_finds_the_last),
        TEST(reads_more_members_than_it_has_room_for),
        TEST(borrows_strings_that_have_no_escape),
        TEST(reads_numbers_exactly),
        TEST(writes_strings),
        TEST(finds_each_special_byte_at_each_place),
        TEST(writes_nothing_past_the_maximum),
        TEST(writes_doubles),
    };
    return cmocka_run_group_tests_name("base/json", tests, NULL, NULL);
}
