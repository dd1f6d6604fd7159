#include "test/support/diagnose.h"

#include "schema/load.h"
#include "test/support/test.h"

static diag_list load(arena *a, str text) {
    diag_list diags = {0};
    const schema *s = NULL;
    err *e = schema_load_text(a, STR("test.prisma"), text, &diags, &s);
    assert_true((e == NULL) == (diags.error_count == 0));
    assert_true((e == NULL) == (s != NULL));
    return diags;
}

str diagnose(arena *a, str text) {
    diag_list diags = load(a, text);
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

str diagnose_help(arena *a, str text) {
    diag_list diags = load(a, text);
    return diags.count > 0 ? diags.items[0].help : (str){0};
}

str diagnose_places(arena *a, str text) {
    diag_list diags = load(a, text);
    str said = {0};
    for (size_t i = 0; diags.count > 0 && i < diags.items[0].place_count; i++) {
        diag_place p = diags.items[0].places[i];
        source_position at = source_locate(p.span.source, p.span.from);
        said = arena_printf(a, "%.*s%s%u:%u %.*s", STR_ARG(said),
                            str_is_empty(said) ? "" : "\n", at.line, at.column,
                            STR_ARG(p.text));
    }
    return said;
}

void diagnose_expect(arena *a, const diagnose_case *cases, size_t count) {
    size_t failures = 0;
    for (size_t i = 0; i < count; i++) {
        str said = diagnose(a, cases[i].text);
        if (str_equal(said, cases[i].said))
            continue;
        print_error("in\n%.*s\n  got  \"%.*s\"\n  want \"%.*s\"\n",
                    STR_ARG(cases[i].text), STR_ARG(said),
                    STR_ARG(cases[i].said));
        failures++;
    }
    assert_int_equal(failures, 0);
}
