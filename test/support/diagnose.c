#include "test/support/diagnose.h"

#include "schema/load.h"
#include "test/support/test.h"

static diag_list load(arena *a, engine_kind engine, str text) {
    diag_list diags = {0};
    const schema *s = NULL;
    err *e = schema_load_text(a, STR("test.prisma"), text, engine, &diags, &s);
    assert_true((e == NULL) == (diags.error_count == 0));
    assert_true((e == NULL) == (s != NULL));
    return diags;
}

str diagnose_on(arena *a, engine_kind engine, str text) {
    diag_list diags = load(a, engine, text);
    str said = {0};
    for (size_t i = 0; i < diags.count; i++) {
        const diag *d = &diags.items[i];
        if (d->code == DIAG_CLOSED_MODEL)
            continue;
        source_position at = source_locate(d->span.source, d->span.from);
        said = arena_printf(a, "%.*s%s%u:%u %s %.*s", STR_ARG(said),
                            str_is_empty(said) ? "" : "\n", at.line, at.column,
                            diag_code_text(d->code), STR_ARG(d->message));
    }
    return said;
}

str diagnose(arena *a, str text) {
    return diagnose_on(a, ENGINE_SQLITE, text);
}

/* The first one that diagnose() shows, or a warning when there is no other. */
static const diag *first_diag(const diag_list *diags) {
    for (size_t i = 0; i < diags->count; i++) {
        if (diags->items[i].code != DIAG_CLOSED_MODEL)
            return &diags->items[i];
    }
    assert_true(diags->count > 0);
    return &diags->items[0];
}

str diagnose_help(arena *a, str text) {
    diag_list diags = load(a, ENGINE_SQLITE, text);
    return first_diag(&diags)->help;
}

str diagnose_places(arena *a, str text) {
    diag_list diags = load(a, ENGINE_SQLITE, text);
    const diag *d = first_diag(&diags);
    str said = {0};
    for (size_t i = 0; i < d->place_count; i++) {
        diag_place p = d->places[i];
        source_position at = source_locate(p.span.source, p.span.from);
        said = arena_printf(a, "%.*s%s%u:%u %.*s", STR_ARG(said),
                            str_is_empty(said) ? "" : "\n", at.line, at.column,
                            STR_ARG(p.text));
    }
    return said;
}

void diagnose_expect_on(arena *a, engine_kind engine,
                        const diagnose_case *cases, size_t count) {
    size_t failures = 0;
    for (size_t i = 0; i < count; i++) {
        str said = diagnose_on(a, engine, cases[i].text);
        if (str_equal(said, cases[i].said))
            continue;
        print_error("in\n%.*s\n  got  \"%.*s\"\n  want \"%.*s\"\n",
                    STR_ARG(cases[i].text), STR_ARG(said),
                    STR_ARG(cases[i].said));
        failures++;
    }
    assert_int_equal(failures, 0);
}

void diagnose_expect(arena *a, const diagnose_case *cases, size_t count) {
    diagnose_expect_on(a, ENGINE_SQLITE, cases, count);
}

const schema *diagnose_load(arena *a, engine_kind engine, str text) {
    diag_list diags = {0};
    const schema *s = NULL;
    expect_ok(
        schema_load_text(a, STR("test.prisma"), text, engine, &diags, &s));
    return s;
}
