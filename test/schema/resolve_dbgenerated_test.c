#include "test/support/diagnose.h"
#include "test/support/test.h"

static const default_value *load_default(arena *a, engine_kind engine, str type,
                                         str sql) {
    str text = arena_printf(a,
                            "model A {\n  id Int @id\n  a %.*s? "
                            "@default(dbgenerated(\"%.*s\"))\n}\n",
                            STR_ARG(type), STR_ARG(sql));
    return &diagnose_load(a, engine, text)->models[0].fields[1].default_value;
}

#define NOW_PLUS(what)                                                         \
    "(strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now', '" what "'))"

static const struct translation_case {
    str type;
    str sql;
    default_kind kind;
    str text;
} CASES[] = {
    {STR_INIT("String"), STR_INIT("uuidv7()"), DEFAULT_UUID7, STR_INIT("")},
    {STR_INIT("String"), STR_INIT("gen_random_uuid()"), DEFAULT_UUID4,
     STR_INIT("")},
    {STR_INIT("String"), STR_INIT(" ( UUID_generate_v4( ) ) "), DEFAULT_UUID4,
     STR_INIT("")},
    {STR_INIT("DateTime"), STR_INIT("now()"), DEFAULT_NOW, STR_INIT("")},
    {STR_INIT("DateTime"), STR_INIT("CURRENT_TIMESTAMP"), DEFAULT_NOW,
     STR_INIT("")},
    {STR_INIT("DateTime"), STR_INIT("CURRENT_DATE"), DEFAULT_DBGENERATED,
     STR_INIT("(strftime('%Y-%m-%dT00:00:00.000+00:00', 'now'))")},
    {STR_INIT("DateTime"), STR_INIT("(now() + '14 days'::interval)"),
     DEFAULT_DBGENERATED, STR_INIT(NOW_PLUS("+14 days"))},
    {STR_INIT("String"), STR_INIT("to_char(now(), 'YYYY'::text)"),
     DEFAULT_DBGENERATED, STR_INIT("(strftime('%Y', 'now'))")},
    {STR_INIT("String"), STR_INIT("encode(gen_random_bytes(16), 'hex'::text)"),
     DEFAULT_DBGENERATED, STR_INIT("(lower(hex(randomblob(16))))")},
    {STR_INIT("DateTime"),
     STR_INIT("'1970-01-01 00:00:00-07'::timestamp with time zone"),
     DEFAULT_LITERAL, STR_INIT("1970-01-01 00:00:00-07")},
    {STR_INIT("String"), STR_INIT("'it''s'::text"), DEFAULT_LITERAL,
     STR_INIT("it's")},
    {STR_INIT("String"), STR_INIT("0"), DEFAULT_LITERAL, STR_INIT("0")},
    {STR_INIT("Int"), STR_INIT("-5"), DEFAULT_LITERAL, STR_INIT("-5")},
    {STR_INIT("Json"), STR_INIT("'{}'::jsonb"), DEFAULT_LITERAL,
     STR_INIT("{}")},
    {STR_INIT("Decimal"), STR_INIT("1.50"), DEFAULT_LITERAL, STR_INIT("1.50")},
    {STR_INIT("Int"), STR_INIT("99999999999"), DEFAULT_DBGENERATED,
     STR_INIT("99999999999")},
    {STR_INIT("Boolean"), STR_INIT("true"), DEFAULT_LITERAL, STR_INIT("true")},
    {STR_INIT("String"), STR_INIT("(lower(hex(randomblob(8))))"),
     DEFAULT_DBGENERATED, STR_INIT("(lower(hex(randomblob(8))))")},
    {STR_INIT("Int"), STR_INIT("(1 + 2)"), DEFAULT_DBGENERATED,
     STR_INIT("(1 + 2)")},
};

static void becomes_what_sqlite_or_we_have_for_it(void **state) {
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        const default_value *v =
            load_default(*state, ENGINE_SQLITE, CASES[i].type, CASES[i].sql);
        assert_int_equal(v->kind, CASES[i].kind);
        expect_str(v->text, CASES[i].text);
    }
}

static void stays_as_it_is_on_postgresql(void **state) {
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        const default_value *v = load_default(*state, ENGINE_POSTGRESQL,
                                              CASES[i].type, CASES[i].sql);
        assert_int_equal(v->kind, DEFAULT_DBGENERATED);
        expect_str(v->text, CASES[i].sql);
    }
}

static void is_refused_where_only_postgresql_can_read_it(void **state) {
    static const diagnose_case REFUSED[] = {
        {STR_INIT(IN_MODEL("  a String @default(dbgenerated(\"to_char(now(), "
                           "'DD')\"))")),
         STR_INIT("3:21 E0606 SQLite cannot make this default, it has no "
                  "'to_char()'")},
        {STR_INIT(IN_MODEL("  a Int @default(dbgenerated(\"'{}'::jsonb\"))")),
         STR_INIT("3:18 E0606 SQLite cannot make this default, it has no "
                  "'::jsonb'")},
        {STR_INIT(IN_MODEL("  a Int @default(dbgenerated(\"nextval('s')\"))")),
         STR_INIT("3:18 E0606 SQLite cannot make this default, it has no "
                  "'nextval()'")},
        {STR_INIT(IN_MODEL("  a String @default(dbgenerated(\"'f(x)'\"))")),
         STR_INIT("")},
    };
    diagnose_expect(*state, REFUSED, LENGTH(REFUSED));
}

static void may_be_empty(void **state) {
    const schema *s =
        diagnose_load(*state, ENGINE_SQLITE,
                      STR(IN_MODEL("  a String @default(dbgenerated())")));
    const default_value *v = &s->models[0].fields[1].default_value;
    assert_int_equal(v->kind, DEFAULT_DBGENERATED);
    expect_str(v->text, STR(""));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(becomes_what_sqlite_or_we_have_for_it),
        TEST(stays_as_it_is_on_postgresql),
        TEST(is_refused_where_only_postgresql_can_read_it),
        TEST(may_be_empty),
    };
    return cmocka_run_group_tests_name("schema/resolve_dbgenerated", tests,
                                       NULL, NULL);
}
