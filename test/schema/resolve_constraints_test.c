#include "schema/state_machine.h"
#include "schema/validation.h"

#include "test/support/diagnose.h"
#include "test/support/test.h"

#define WITH_STATES(line)                                                      \
    "model A {\n  id Int @id\n  s S @default(X)\n" line                        \
    "\n}\nenum S {\n  X\n  Y\n  Z @map(\"z\")\n}\n"

static const model *load(arena *a, const char *text) {
    const schema *s = diagnose_load(a, ENGINE_SQLITE, str_of(text));
    return &s->models[0];
}

static void keeps_checks_with_the_name_of_their_constraint(void **state) {
    const model *m =
        load(*state, IN_MODEL("  a Int?\n  b Int? @map(\"bee\")\n"
                              "  @@check(a > b, \"too small\", [\"b\"])\n"
                              "  @@check(a != 3, name: \"three\")\n"
                              "  @@exactlyOne([a, b])\n  @@map(\"t\")"));
    const validation *v = m->validations;
    assert_int_equal(m->validation_count, 3);
    assert_int_equal(v[0].kind, VALIDATION_CHECK);
    expect_str(v[0].constraint, STR("t_a_bee_rule"));
    expect_str(v[0].message, STR("too small"));
    expect_str(v[0].about->name, STR("b"));
    expect_str(v[1].constraint, STR("t_three_rule"));
    assert_int_equal(v[1].column_count, 1);
    assert_int_equal(v[2].kind, VALIDATION_EXACTLY_ONE);
    expect_str(v[2].constraint, STR("t_a_bee_one_rule"));
    assert_int_equal(v[2].column_count, 2);
    assert_null(v[2].condition);
}

static void keeps_the_rows_that_a_key_is_for(void **state) {
    const model *m =
        load(*state, IN_MODEL("  a Int @unique(where: b)\n  b Boolean\n"
                              "  @@unique([a, b], where: a > 3)\n"
                              "  @@index([b], where: !b)\n  @@index([a])"));
    assert_int_equal(m->unique_count, 2);
    assert_true(m->uniques[0].is_partial);
    assert_int_equal(m->uniques[0].where->kind, CONDITION_PATH);
    assert_int_equal(m->uniques[1].where->kind, CONDITION_COMPARE);
    assert_false(m->fields[1].is_unique);
    assert_int_equal(m->indexes[0].where->kind, CONDITION_NOT);
    assert_null(m->indexes[1].where);
}

static void takes_no_partial_key_for_an_identity(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT("model A {\n  a Int @unique(where: a > 1)\n}\n"),
         STR_INIT("1:7 E0707 the model 'A' has no field that identifies a "
                  "row")},
        {STR_INIT(
             "model A {\n  id Int @id\n  n Int @unique(where: n > 1)\n"
             "  bs B[]\n}\nmodel B {\n  id Int @id\n"
             "  a A @relation(fields: [n], references: [n])\n  n Int\n}\n"),
         STR_INIT("8:42 E0809 what is referenced is not unique in 'A'")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void says_what_the_database_cannot_be_asked(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  a String\n  @@check(regex(a, \"x\"))")),
         STR_INIT("4:11 E0911 regex() is not for a condition that the database "
                  "keeps")},
        {STR_INIT(IN_MODEL("  a DateTime\n  @@check(a < now())")),
         STR_INIT("4:15 E0911 now() is not for a condition that the database "
                  "keeps")},
        {STR_INIT(IN_MODEL("  a String\n  @@check(contains(a, \"x\", true))")),
         STR_INIT("4:11 E0911 the database's upper and lower case are not the "
                  "same on both engines")},
        {STR_INIT(IN_MODEL("  a Json?\n  @@check(a != null)")), STR_INIT("")},
        {STR_INIT(IN_MODEL("  a Int[]\n  @@check(length(a) > 1)")),
         STR_INIT("4:18 E0911 the database is not asked about lists")},
        {STR_INIT(IN_MODEL("  a Int\n  @@index([a], where: auth() != null)")),
         STR_INIT("4:23 E0911 a condition that the database keeps judges the "
                  "row by itself and cannot ask who writes it")},
        {STR_INIT(IN_MODEL("  a Int\n  @@check(true)")),
         STR_INIT("4:11 E1501 '@@check' asks about no column of the row")},
        {STR_INIT(IN_MODEL("  a Int\n  @@check(a -> 3)")),
         STR_INIT("4:13 E0906 '->' and '|' are for @@states")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void reports_constraints_that_say_nothing(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  a Int?\n  @@atMostOne([a])")),
         STR_INIT("4:15 E1501 '@@atMostOne' chooses among two fields or more")},
        {STR_INIT(IN_MODEL("  a Int?\n  b Int\n  @@exactlyOne([a, b])")),
         STR_INIT(
             "5:16 E1501 'b' is never null, so '@@exactlyOne' says nothing "
             "of it")},
        {STR_INIT(IN_MODEL("  a Int\n  @@check(a > 1)\n  @@check(a < 5)")),
         STR_INIT("5:3 E1501 the model has another constraint \"A_a_rule\"")},
        {STR_INIT(IN_MODEL("  a Int\n  @@check(a > 1, name: \"a b\")")),
         STR_INIT("4:24 E1501 the name 'a b' has characters other than "
                  "letters, digits and '_'")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void reads_the_moves_of_a_state(void **state) {
    const model *m =
        load(*state, WITH_STATES("  @@states(s, X -> Y|Z, [Y, Z]->X, initial: "
                                 "[X, Z])"));
    const state_machine *machine = &m->states[0];
    assert_int_equal(m->state_count, 1);
    assert_true(state_machine_moves(machine, 0, 1));
    assert_true(state_machine_moves(machine, 0, 2));
    assert_true(state_machine_moves(machine, 1, 0));
    assert_true(state_machine_moves(machine, 1, 1));
    assert_false(state_machine_moves(machine, 1, 2));
    expect_str(state_machine_initial(*state, machine), STR("X or z"));
    assert_int_equal(m->validations[0].kind, VALIDATION_STATES);
}

static void says_which_moves_there_would_be(void **state) {
    arena *a = *state;
    const model *m = load(a, WITH_STATES("  @@states(s, X -> Y | Z, Y -> Z)"));
    const state_machine *machine = &m->states[0];
    expect_str(state_machine_refusal(a, machine, 1, 0),
               STR("cannot change from Y to X, only to z"));
    expect_str(state_machine_refusal(a, machine, 2, 0),
               STR("cannot change from z to X, which is final"));
    expect_str(state_machine_refusal(a, machine, 0, STATE_NONE),
               STR("cannot change from X, only to Y or z"));
    expect_str(state_machine_refusal(a, machine, STATE_NONE, 1),
               STR("must begin as X"));
}

static void reports_states_that_make_no_sense(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(WITH_STATES("  @@states(s, X -> W)")),
         STR_INIT("4:20 E1502 'W' is no value of S")},
        {STR_INIT(WITH_STATES("  @@states(s)")),
         STR_INIT("4:3 E1502 '@@states' lists no change of the state")},
        {STR_INIT(WITH_STATES("  @@states(s, X)")),
         STR_INIT("4:15 E1502 this is no change of a state")},
        {STR_INIT(WITH_STATES("  @@states(id, X -> Y)")),
         STR_INIT("4:12 E1502 a state is a field of an enum, required and no "
                  "list")},
        {STR_INIT(WITH_STATES("  @@states(s, X -> Y, initial: Z)")),
         STR_INIT("4:32 E1502 the field's default is not among the states to "
                  "begin in")},
        {STR_INIT(WITH_STATES("  t S\n  @@states(t, X -> Y)")),
         STR_INIT("5:3 E1502 nothing says in which state a row begins")},
        {STR_INIT(WITH_STATES("  @@states(s, X -> Y)\n  @@states(s, Y -> X)")),
         STR_INIT("5:3 E1502 the states of this field are said twice")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(keeps_checks_with_the_name_of_their_constraint),
        TEST(keeps_the_rows_that_a_key_is_for),
        TEST(takes_no_partial_key_for_an_identity),
        TEST(says_what_the_database_cannot_be_asked),
        TEST(reports_constraints_that_say_nothing),
        TEST(reads_the_moves_of_a_state),
        TEST(says_which_moves_there_would_be),
        TEST(reports_states_that_make_no_sense),
    };
    return cmocka_run_group_tests_name("schema/resolve_constraints", tests,
                                       NULL, NULL);
}
