#include "database/migrate/proposal.h"

#include "schema/diag.h"

enum { MAX_BYTES = 256 * 1024 * 1024 };

/* ---- Loading -------------------------------------------------------------*/

static str first_error(arena *a, const diag_list *diags) {
    for (size_t i = 0; i < diags->count; i++) {
        const diag *d = &diags->items[i];
        if (diag_code_severity(d->code) == DIAG_ERROR)
            return d->message;
    }
    return arena_copy(a, STR("it has errors"));
}

err *proposal_load(arena *a, const schema_files *files, str folder,
                   engine_kind engine, rehearsal_place place, proposal *out) {
    diag_list diags = {0};
    const schema *s = NULL;
    *out = (proposal){.engine = engine, .rehearsal = {.place = place}};
    TRY(migration_list_read(a, folder, engine, &out->migrations));
    err *e = schema_load_files(a, files, engine, &diags, &s);
    if (e == NULL)
        out->want = structure_of_schema(a, s);
    else
        out->trouble = first_error(a, &diags);
    return NULL;
}

void proposal_close(proposal *p) {
    rehearsal_close(&p->rehearsal);
}

/* ---- The plan ------------------------------------------------------------*/

err *proposal_make(arena *a, proposal *p) {
    const migration_list *l = &p->migrations;
    const structure *from = NULL;
    if (p->want == NULL)
        return NULL;
    p->is_recalled = !rehearsal_is_possible(&p->rehearsal.place, p->engine);
    if (p->is_recalled) {
        TRY(rehearsal_recall(a, l, l->count, &from));
    } else {
        structure *found = arena_new_array(a, structure, 1);
        TRY(rehearsal_run(a, &p->rehearsal, l, l->count, found));
        TRY(target_settle(a, p->rehearsal.blank, found, p->want, &p->want));
        from = found;
    }
    p->plan = plan_make(a, from, p->want, p->options);
    return NULL;
}

bool proposal_is_empty(const proposal *p) {
    return p->plan == NULL || plan_is_empty(p->plan);
}

static bool is_consent_risk(plan_risk risk) {
    switch (risk) {
    case RISK_DATA_LOSS:
    case RISK_LIKELY_RENAME:
    case RISK_REQUIRED_WITHOUT_DEFAULT:
        return true;
    case RISK_MAY_FAIL:
    case RISK_LOCKS:
        return false;
    }
    return false;
}

bool proposal_needs_consent(const proposal *p) {
    for (size_t i = 0; p->plan != NULL && i < p->plan->warning_count; i++) {
        if (is_consent_risk(p->plan->warnings[i].risk))
            return true;
    }
    return false;
}

void proposal_print_warnings(buf *out, const proposal *p) {
    for (size_t i = 0; p->plan != NULL && i < p->plan->warning_count; i++) {
        const plan_warning *w = &p->plan->warnings[i];
        str title = plan_risk_title(w->risk);
        buf_printf(out, "  %.*s: %.*s\n", STR_ARG(title), STR_ARG(w->sentence));
    }
}

/* ---- Texts ---------------------------------------------------------------*/

str proposal_sql(arena *a, const proposal *p) {
    CLEANUP(buf_free) buf out = buf_new(MAX_BYTES);
    if (p->plan == NULL) {
        buf_printf(&out,
                   MIGRATION_NOT_FOR_ENGINE "\n-- The schema does not load for"
                                            " it: %.*s\n",
                   STR_ARG(p->trouble));
    } else if (plan_is_empty(p->plan)) {
        buf_append(&out, STR("-- Nothing to do.\n"));
    } else {
        if (plan_has_risk(p->plan, RISK_DATA_LOSS) ||
            plan_has_risk(p->plan, RISK_LIKELY_RENAME))
            buf_append(&out, STR(MIGRATION_ACCEPTS_LOSS "\n"));
        plan_print_sql(&out, p->plan);
    }
    return arena_copy(a, buf_str(&out));
}

static void append_without_imports(buf *out, const syntax_file *file) {
    str text = file->source->text;
    uint32_t at = 0;
    for (size_t i = 0; i < file->import_count; i++) {
        source_span span = file->imports[i].span;
        buf_append(out, str_slice(text, at, span.from));
        at = span.to;
    }
    buf_append(out, str_slice(text, at, text.len));
}

str proposal_snapshot(arena *a, const schema_files *files) {
    CLEANUP(buf_free) buf out = buf_new(MAX_BYTES);
    for (size_t i = 0; i < files->count; i++) {
        if (i > 0)
            buf_append_char(&out, '\n');
        append_without_imports(&out, files->items[i]);
    }
    return arena_copy(a, buf_str(&out));
}
