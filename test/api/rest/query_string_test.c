#include "api/rest/query_string.h"

#include "api/rest/rest_filter.h"
#include "api/rest/select_tree.h"
#include "test/support/tasks.h"
#include "test/support/test.h"

typedef struct parsed {
    err *failure;
    query_string q;
} parsed;

static parsed parse(arena *a, str text) {
    const schema *s = tasks_schema(a);
    static rest_tables tables;
    app application = {.schema = s};
    tables = rest_tables_new(a, &application);
    parsed p;
    const model *m = schema_find_table(s, STR("task"));
    p.failure =
        query_string_parse(a, &tables, rest_tables_get(&tables, m), text, &p.q);
    return p;
}

static void reads_filters(void **state) {
    arena *a = *state;
    static const struct {
        str text;
        str where;
    } CASES[] = {
        {STR_INIT(""), STR_INIT("")},
        {STR_INIT("id=eq.5"), STR_INIT("id = 5")},
        {STR_INIT("id=not.eq.5"), STR_INIT("NOT id = 5")},
        {STR_INIT("id=neq.5"), STR_INIT("id <> 5")},
        {STR_INIT("id=gt.1&id=lte.9"), STR_INIT("(id > 1 AND id <= 9)")},
        {STR_INIT("&id=gte.1&&id=lt.9&"), STR_INIT("(id >= 1 AND id < 9)")},
        {STR_INIT("title=eq.a+b%2C%22c%22"), STR_INIT("title = a b,\"c\"")},
        {STR_INIT("title=eq."), STR_INIT("title = ")},
        {STR_INIT("title=eq.null"), STR_INIT("title = null")},
        {STR_INIT("title=eq.a=b"), STR_INIT("title = a=b")},
        {STR_INIT("title=like.*a_b%25"), STR_INIT("title like %a_b%")},
        {STR_INIT("title=ilike.x*"), STR_INIT("title ilike x%")},
        {STR_INIT("id=in.(1,2,3)"), STR_INIT("id in (1|2|3)")},
        {STR_INIT("id=in.()"), STR_INIT("id in ()")},
        {STR_INIT("title=in.(a,\"b,c\",d e)"),
         STR_INIT("title in (a|b,c|d e)")},
        {STR_INIT("title=in.(\"a\\\"b\",\"c\\\\d\")"),
         STR_INIT("title in (a\"b|c\\d)")},
        /* The official client quotes, but does not escape quotes inside. */
        {STR_INIT("title=in.(\"a\"b,c\")"), STR_INIT("title in (a\"b,c)")},
        {STR_INIT("title=in.(\"a,b)"), STR_INIT("title in (\"a|b)")},
        {STR_INIT("title=in.(,)"), STR_INIT("title in (|)")},
        {STR_INIT("status=in.(OPEN,on hold)"),
         STR_INIT("status in (OPEN|on hold)")},
        {STR_INIT("title=not.in.(a)"), STR_INIT("NOT title in (a)")},
        {STR_INIT("due_at=is.null"), STR_INIT("due_at is null")},
        {STR_INIT("due_at=is.not_null"), STR_INIT("NOT due_at is null")},
        {STR_INIT("due_at=not.is.not_null"), STR_INIT("due_at is null")},
        {STR_INIT("due_at=not.is.NULL"), STR_INIT("NOT due_at is null")},
        {STR_INIT("is_urgent=is.true"), STR_INIT("is_urgent is true")},
        {STR_INIT("is_urgent=is.unknown"), STR_INIT("is_urgent is unknown")},
        {STR_INIT("is_urgent=eq.t"), STR_INIT("is_urgent = true")},
        {STR_INIT("due_at=gt.2024-01-31"),
         STR_INIT("due_at > 2024-01-31T00:00:00.000+00:00")},
        {STR_INIT("title=isdistinct.x"),
         STR_INIT("(title <> x OR title is null)")},
        {STR_INIT("\"title\"=eq.x"), STR_INIT("title = x")},
        {STR_INIT("title=match.^a"), STR_INIT("title ~ ^a")},
        {STR_INIT("title=not.imatch.^a"), STR_INIT("NOT title ~* ^a")},
        {STR_INIT("title=fts(english).a%26b"), STR_INIT("title @@ a&b")},
        {STR_INIT("data=wfts.\"a b\""), STR_INIT("data @@ \"a b\"")},
        {STR_INIT("data=cs.{\"a\":1}"), STR_INIT("data @> {\"a\":1}")},
        {STR_INIT("id=eq(any).{1,2}"), STR_INIT("id in (1|2)")},
        {STR_INIT("id=not.gt(any).{1,2}"), STR_INIT("NOT (id > 1 OR id > 2)")},
        {STR_INIT("title=like(all).{a*,\"b,c\"}"),
         STR_INIT("(title like a% AND title like b,c)")},
        {STR_INIT("or=(title.ilike(any).{a*,b},id.eq(all).{})"),
         STR_INIT("((title ilike a% OR title ilike b) OR ())")},
        {STR_INIT("or=(id.eq.1,title.eq.x)"),
         STR_INIT("(id = 1 OR title = x)")},
        {STR_INIT("not.and=(id.gt.1,not.or(id.eq.2,title.not.is.null))"),
         STR_INIT("NOT (id > 1 AND NOT (id = 2 OR NOT title is null))")},
        {STR_INIT("or=( title.eq.1 , and( id.gt.2 , id.lt.4 ) )"),
         STR_INIT("(title = 1 OR (id > 2 AND id < 4))")},
        {STR_INIT("or=(title.eq.\"a,b)\",id.in.(1,2))"),
         STR_INIT("(title = a,b) OR id in (1|2))")},
        {STR_INIT("or=(id.eq.1)&title=eq.x"),
         STR_INIT("((id = 1) AND title = x)")},
        {STR_INIT("or=(is_urgent.is.null,\"title\".eq.y)"),
         STR_INIT("(is_urgent is null OR title = y)")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        parsed p = parse(a, CASES[i].text);
        expect_ok(p.failure);
        expect_str(tasks_print_filter(a, p.q.where), CASES[i].where);
    }
}

static void says_what_is_wrong_with_a_filter(void **state) {
    arena *a = *state;
    static const struct {
        str text;
        err_code code;
        str message;
        str details;
    } CASES[] = {
        {STR_INIT("id=foo.1"), ERR_QUERY_SYNTAX,
         STR_INIT("\"failed to parse filter (foo.1)\" (line 1, column 1)"),
         STR_INIT("unexpected \"f\" expecting \"not\" or operator (eq, gt, "
                  "...)")},
        {STR_INIT("id=5"), ERR_QUERY_SYNTAX,
         STR_INIT("\"failed to parse filter (5)\" (line 1, column 1)"),
         STR_INIT("unexpected \"5\" expecting \"not\" or operator (eq, gt, "
                  "...)")},
        {STR_INIT("id=not.foo.1"), ERR_QUERY_SYNTAX,
         STR_INIT("\"failed to parse filter (not.foo.1)\" (line 1, column 5)"),
         STR_INIT("unexpected \"f\" expecting operator (eq, gt, ...)")},
        {STR_INIT("id="), ERR_QUERY_SYNTAX,
         STR_INIT("\"failed to parse filter ()\" (line 1, column 1)"),
         STR_INIT("unexpected end of input expecting \"not\" or operator (eq, "
                  "gt, ...)")},
        {STR_INIT("id=eq"), ERR_QUERY_SYNTAX,
         STR_INIT("\"failed to parse filter (eq)\" (line 1, column 3)"),
         STR_INIT("unexpected end of input expecting \".\"")},
        {STR_INIT("id=in.1"), ERR_QUERY_SYNTAX,
         STR_INIT("\"failed to parse filter (in.1)\" (line 1, column 4)"),
         STR_INIT("unexpected \"1\" expecting \"(\"")},
        {STR_INIT("id=in.(1,2"), ERR_QUERY_SYNTAX,
         STR_INIT("\"failed to parse filter (in.(1,2)\" (line 1, column 8)"),
         STR_INIT("unexpected end of input expecting \",\" or \")\"")},
        {STR_INIT("id=in.(1)2"), ERR_QUERY_SYNTAX,
         STR_INIT("\"failed to parse filter (in.(1)2)\" (line 1, column 7)"),
         STR_INIT("unexpected \"2\" expecting end of input")},
        {STR_INIT("due_at=is.maybe"), ERR_QUERY_SYNTAX,
         STR_INIT("\"failed to parse filter (is.maybe)\" (line 1, column 4)"),
         STR_INIT("unexpected \"m\" expecting null, not_null, true, false, "
                  "unknown")},
        {STR_INIT("or=id.eq.1"), ERR_QUERY_SYNTAX,
         STR_INIT("\"failed to parse logic tree (id.eq.1)\" (line 1, column "
                  "1)"),
         STR_INIT("unexpected \"i\" expecting \"(\"")},
        {STR_INIT("or=()"), ERR_QUERY_SYNTAX,
         STR_INIT("\"failed to parse logic tree (())\" (line 1, column 2)"),
         STR_INIT("unexpected \")\" expecting a column name")},
        {STR_INIT("or=(id.eq.1"), ERR_QUERY_SYNTAX,
         STR_INIT("\"failed to parse logic tree ((id.eq.1)\" (line 1, column "
                  "9)"),
         STR_INIT("unexpected end of input expecting \",\" or \")\"")},
        {STR_INIT("or=(\xc3\xa9\xc3\xa9)"), ERR_QUERY_SYNTAX,
         STR_INIT("\"failed to parse logic tree ((\xc3\xa9\xc3\xa9))\" (line "
                  "1, column 4)"),
         STR_INIT("unexpected \")\" expecting \".\"")},
        {STR_INIT("id=fts.x"), ERR_OPERATOR_TYPE,
         STR_INIT("operator does not exist: integer @@ unknown"), STR_INIT("")},
        {STR_INIT("id=match.x"), ERR_OPERATOR_TYPE,
         STR_INIT("operator does not exist: integer ~ unknown"), STR_INIT("")},
        {STR_INIT("id=sl.[1,2)"), ERR_OPERATOR_TYPE,
         STR_INIT("operator does not exist: integer << unknown"), STR_INIT("")},
        {STR_INIT("id=adj.[1,2)"), ERR_OPERATOR_TYPE,
         STR_INIT("operator does not exist: integer -|- unknown"),
         STR_INIT("")},
        {STR_INIT("data=ov.[1]"), ERR_OPERATOR_TYPE,
         STR_INIT("operator does not exist: json && unknown"), STR_INIT("")},
        {STR_INIT("id=eq(some).{1}"), ERR_QUERY_SYNTAX,
         STR_INIT("\"failed to parse filter (eq(some).{1})\" (line 1, column "
                  "3)"),
         STR_INIT("unexpected \"(\" expecting (any) or (all)")},
        {STR_INIT("id=neq(any).{1}"), ERR_QUERY_SYNTAX,
         STR_INIT("\"failed to parse filter (neq(any).{1})\" (line 1, column "
                  "4)"),
         STR_INIT("unexpected \"(\" expecting \".\"")},
        {STR_INIT("id=eq(any).1"), ERR_VALUE_SYNTAX,
         STR_INIT("malformed array literal: \"1\""), STR_INIT("")},
        {STR_INIT("title=fts().x"), ERR_QUERY_SYNTAX,
         STR_INIT("\"failed to parse filter (fts().x)\" (line 1, column 5)"),
         STR_INIT("unexpected \")\" expecting the name of a text search "
                  "configuration")},
        {STR_INIT("id=eq.abc"), ERR_VALUE_SYNTAX,
         STR_INIT("invalid input syntax for type integer: \"abc\""),
         STR_INIT("")},
        {STR_INIT("id=in.(1,x)"), ERR_VALUE_SYNTAX,
         STR_INIT("invalid input syntax for type integer: \"x\""),
         STR_INIT("")},
        {STR_INIT("points=like.1*"), ERR_OPERATOR_TYPE,
         STR_INIT("operator does not exist: integer ~~ unknown"), STR_INIT("")},
        {STR_INIT("data=eq.x"), ERR_VALUE_SYNTAX,
         STR_INIT("invalid input syntax for type json: \"x\""),
         STR_INIT("expected a value at byte 0")},
        {STR_INIT("data=like.1"), ERR_OPERATOR_TYPE,
         STR_INIT("operator does not exist: json ~~ unknown"), STR_INIT("")},
        {STR_INIT("points=is.true"), ERR_VALUE_TYPE,
         STR_INIT("argument of IS true must be type boolean, not type integer"),
         STR_INIT("")},
        {STR_INIT("rel.id=eq.1"), ERR_NOT_EMBEDDED,
         STR_INIT("'rel' is not an embedded resource in this request"),
         STR_INIT("")},
        {STR_INIT("title->>k=eq.1"), ERR_OPERATOR_TYPE,
         STR_INIT("operator does not exist: text -> unknown"), STR_INIT("")},
        {STR_INIT("data->>k->a=eq.1"), ERR_UNKNOWN_COLUMN,
         STR_INIT("column task.data->>k->a does not exist"), STR_INIT("")},
        {STR_INIT("data->k=gt.y"), ERR_VALUE_SYNTAX,
         STR_INIT("invalid input syntax for type json: \"y\""),
         STR_INIT("expected a value at byte 0")},
        {STR_INIT("data->k=match.1"), ERR_OPERATOR_TYPE,
         STR_INIT("operator does not exist: json ~ unknown"), STR_INIT("")},
        {STR_INIT("=eq.1"), ERR_QUERY_SYNTAX,
         STR_INIT("a parameter without a name"), STR_INIT("")},
        {STR_INIT("limit=ten"), ERR_QUERY_SYNTAX,
         STR_INIT("limit is not a number: \"ten\""), STR_INIT("")},
        {STR_INIT("limit=-1"), ERR_RANGE,
         STR_INIT("Requested range not satisfiable"),
         STR_INIT("Limit should be greater than or equal to zero.")},
        {STR_INIT("offset=-1"), ERR_RANGE,
         STR_INIT("Requested range not satisfiable"),
         STR_INIT("Offset should be greater than or equal to zero.")},
        {STR_INIT("limit=1&limit=2"), ERR_QUERY_SYNTAX,
         STR_INIT("limit is given twice"), STR_INIT("")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        parsed p = parse(a, CASES[i].text);
        expect_err(p.failure, CASES[i].code, CASES[i].message);
        expect_str(p.failure->details, CASES[i].details);
    }
}

static void names_the_column_that_was_meant(void **state) {
    arena *a = *state;
    static const struct {
        str text;
        str message;
        str hint;
    } CASES[] = {
        {STR_INIT("titel=eq.x"), STR_INIT("column task.titel does not exist"),
         STR_INIT("Perhaps you meant to reference the column "
                  "\"task.title\".")},
        {STR_INIT("dueAt=eq.x"), STR_INIT("column task.dueAt does not exist"),
         STR_INIT("Perhaps you meant to reference the column "
                  "\"task.due_at\".")},
        {STR_INIT("select=xyzzyx"),
         STR_INIT("column task.xyzzyx does not "
                  "exist"),
         STR_INIT("")},
        {STR_INIT("order=prise"), STR_INIT("column task.prise does not exist"),
         STR_INIT("Perhaps you meant to reference the column "
                  "\"task.price\".")},
        {STR_INIT("or=(poinst.eq.1)"),
         STR_INIT("column task.poinst does not exist"),
         STR_INIT("Perhaps you meant to reference the column "
                  "\"task.points\".")},
        {STR_INIT("slect=id"), STR_INIT("column task.slect does not exist"),
         STR_INIT("Perhaps you meant 'select='.")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        parsed p = parse(a, CASES[i].text);
        expect_err(p.failure, ERR_UNKNOWN_COLUMN, CASES[i].message);
        expect_str(p.failure->hint, CASES[i].hint);
    }
}

static str print_selection(arena *a, const selection *s) {
    str text = {0};
    for (size_t i = 0; i < s->count; i++)
        text = arena_printf(a, "%.*s%s%.*s=%.*s%s", STR_ARG(text),
                            i > 0 ? " " : "", STR_ARG(s->columns[i].name),
                            STR_ARG(s->columns[i].field->column),
                            s->columns[i].derivation != NULL ? "::text" : "");
    return text;
}

static void reads_select(void **state) {
    arena *a = *state;
    static const struct {
        str text;
        str columns;
    } CASES[] = {
        {STR_INIT("select=id"), STR_INIT("id=id")},
        {STR_INIT("select=id,title"), STR_INIT("id=id title=title")},
        {STR_INIT("select=%20id%20,%20title"), STR_INIT("id=id title=title")},
        {STR_INIT("select=t:title,\"a,b\":id"), STR_INIT("t=title a,b=id")},
        {STR_INIT("select=n:id::text,points::int"),
         STR_INIT("n=id::text points=points")},
        {STR_INIT("select=id,id,\"id\""), STR_INIT("id=id")},
        {STR_INIT("select="), STR_INIT("")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        parsed p = parse(a, CASES[i].text);
        expect_ok(p.failure);
        expect_str(print_selection(a, &p.q.selection), CASES[i].columns);
    }
    assert_int_equal(parse(a, STR("")).q.selection.count, 14);
    assert_int_equal(parse(a, STR("select=*")).q.selection.count, 14);
    assert_int_equal(parse(a, STR("select=id,*,x:id")).q.selection.count, 15);
}

static void refuses_what_select_cannot_do(void **state) {
    arena *a = *state;
    static const struct {
        str text;
        err_code code;
        str message;
    } CASES[] = {
        {STR_INIT("select=a,,b"), ERR_QUERY_SYNTAX,
         STR_INIT("\"failed to parse select parameter (a,,b)\" (line 1, column "
                  "3)")},
        {STR_INIT("select=id%20;"), ERR_QUERY_SYNTAX,
         STR_INIT("\"failed to parse select parameter (id ;)\" (line 1, column "
                  "4)")},
        {STR_INIT("select=\"id"), ERR_QUERY_SYNTAX,
         STR_INIT("\"failed to parse select parameter (\"id)\" (line 1, column "
                  "4)")},
        {STR_INIT("select=id,comments(text)"), ERR_UNKNOWN_RELATION,
         STR_INIT("Could not find a relationship between 'task' and "
                  "'comments' in the schema cache")},
        {STR_INIT("select=count()"), ERR_AGGREGATE,
         STR_INIT("Use of aggregate functions is not allowed")},
        {STR_INIT("select=points.sum()"), ERR_AGGREGATE,
         STR_INIT("Use of aggregate functions is not allowed")},
        {STR_INIT("select=points.median()"), ERR_QUERY_SYNTAX,
         STR_INIT("\"failed to parse select parameter (points.median())\" "
                  "(line 1, column 8)")},
        {STR_INIT("select=a:id,a:title"), ERR_QUERY_SYNTAX,
         STR_INIT("select has two columns named 'a'")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++)
        expect_err(parse(a, CASES[i].text).failure, CASES[i].code,
                   CASES[i].message);
}

static void reads_order_with_the_nulls_of_postgresql(void **state) {
    arena *a = *state;
    static const struct {
        str text;
        str order;
    } CASES[] = {
        {STR_INIT("order=title"), STR_INIT("title asc nulls last")},
        {STR_INIT("order=title.desc"), STR_INIT("title desc nulls first")},
        {STR_INIT("order=title.asc.nullsfirst,id.desc.nullslast"),
         STR_INIT("title asc nulls first, id desc nulls last")},
        {STR_INIT("order=title.nullsfirst"), STR_INIT("title asc nulls first")},
        {STR_INIT("order=data.desc"), STR_INIT("data desc nulls first")},
        {STR_INIT("order=%20title%20,id,title.desc"),
         STR_INIT("title asc nulls last, id asc nulls last")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        parsed p = parse(a, CASES[i].text);
        expect_ok(p.failure);
        expect_str(tasks_print_order(a, p.q.order, p.q.order_count),
                   CASES[i].order);
    }
    expect_err(parse(a, STR("order=title.up")).failure, ERR_QUERY_SYNTAX,
               STR("\"failed to parse order (title.up)\" (line 1, column 6)"));
    expect_err(parse(a, STR("order=")).failure, ERR_QUERY_SYNTAX,
               STR("\"failed to parse order ()\" (line 1, column 1)"));
    expect_err(parse(a, STR("order=team(name)")).failure, ERR_NOT_EMBEDDED,
               STR("'team' is not an embedded resource in this request"));
}

static void reads_limits_and_lists_of_columns(void **state) {
    arena *a = *state;
    parsed p = parse(a, STR("limit=10&offset=20&columns=\"id\",title,id"
                            "&on_conflict=code"));
    expect_ok(p.failure);
    assert_int_equal(p.q.limit, 10);
    assert_int_equal(p.q.offset, 20);
    assert_int_equal(p.q.columns.count, 2);
    expect_str(p.q.columns.fields[1]->column, STR("title"));
    assert_int_equal(p.q.on_conflict.count, 1);
    assert_int_equal(parse(a, STR("")).q.limit, QUERY_NO_LIMIT);
    expect_err(parse(a, STR("columns=id,tite")).failure,
               ERR_UNKNOWN_BODY_COLUMN,
               STR("Could not find the 'tite' column of 'task' in the schema "
                   "cache"));
}

static str repeat(arena *a, const char *unit, int times, const char *tail) {
    CLEANUP(buf_free) buf out = buf_new(1 << 20);
    for (int i = 0; i < times; i++)
        buf_append(&out, str_of(unit));
    buf_append(&out, str_of(tail));
    return arena_copy(a, buf_str(&out));
}

static void bounds_what_one_request_may_ask(void **state) {
    arena *a = *state;
    str deep = repeat(a, "and(", FILTER_MAX_DEPTH + 1, "id.eq.1");
    expect_err(parse(a, arena_printf(a, "or=(%.*s)", STR_ARG(deep))).failure,
               ERR_QUERY_SYNTAX, STR("and/or are nested more than 16 deep"));
    str wide = repeat(a, "id=eq.1&", FILTER_MAX_CONDITIONS + 1, "");
    expect_err(parse(a, wide).failure, ERR_QUERY_SYNTAX,
               STR("more than 500 filter conditions"));
    str list = repeat(a, "1,", FILTER_MAX_VALUES, "1)");
    expect_err(parse(a, arena_printf(a, "id=in.(%.*s", STR_ARG(list))).failure,
               ERR_QUERY_SYNTAX,
               STR("more than 10000 values in the lists of the filters"));
    str columns = repeat(a, "id,", SELECT_MAX_ITEMS, "id");
    expect_err(
        parse(a, arena_printf(a, "select=%.*s", STR_ARG(columns))).failure,
        ERR_QUERY_SYNTAX, STR("select has more than 512 columns"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(reads_filters),
        TEST(says_what_is_wrong_with_a_filter),
        TEST(names_the_column_that_was_meant),
        TEST(reads_select),
        TEST(refuses_what_select_cannot_do),
        TEST(reads_order_with_the_nulls_of_postgresql),
        TEST(reads_limits_and_lists_of_columns),
        TEST(bounds_what_one_request_may_ask),
    };
    return cmocka_run_group_tests_name("api/rest/query_string", tests, NULL,
                                       NULL);
}
