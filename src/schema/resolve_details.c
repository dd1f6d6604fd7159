/* What the server and the admin make of a field or a model: @omit, @password,
 * @file, @label, @renamed, @@permission, @@audit, @@admin. */
#include "base/ascii.h"
#include "base/assert.h"
#include "schema/quantity.h"
#include "schema/resolve_draft.h"
#include "schema/suggest.h"

static const str CRUD_VERBS[] = {STR_INIT("create"), STR_INIT("read"),
                                 STR_INIT("update"), STR_INIT("delete"),
                                 STR_INIT("all")};

static bool report(resolver *r, diag_code code, source_span span,
                   const binding *b, const char *problem) {
    diag_add(r->arena, r->diags, code, span, "'%.*s' %s",
             STR_ARG(attribute_label(b->attribute)), problem);
    return false;
}

static bool read_switch(resolver *r, const binding *b, str parameter,
                        bool *out) {
    const expression *value = binding_find(b, parameter);
    if (value == NULL)
        return true;
    *out =
        value->kind == EXPRESSION_NAME && str_equal(value->text, STR("true"));
    if (*out || (value->kind == EXPRESSION_NAME &&
                 str_equal(value->text, STR("false"))))
        return true;
    diag_add(r->arena, r->diags, DIAG_WRONG_ARGUMENT, value->span,
             "'%.*s' is true or false", STR_ARG(parameter));
    return false;
}

/* ---- Fields ------------------------------------------------------------------------ */

static bool is_string(const field *f) {
    return f->kind == FIELD_SCALAR && f->scalar == SCALAR_STRING && !f->is_list;
}

static void read_password(resolver *r, field_draft *f, const binding *b) {
    field *made = f->field;
    if (!is_string(made))
        report(r, DIAG_WRONG_FIELD, b->attribute->span, b,
               "stands on a String");
    else if (made->is_id || made->is_unique)
        report(r, DIAG_WRONG_FIELD, b->attribute->span, b,
               "does not stand on a key: two hashes of one password differ");
    else
        made->is_password = true;
}

static bool is_media_character(char c) {
    return ascii_is_letter(c) || ascii_is_digit(c) ||
           (c != '\0' && strchr("!#$&-^_.+", c) != NULL);
}

/* image/png, or the whole of image with a star. RFC 6838, section 4.2 */
static bool is_media_type(str text) {
    str subtype = text;
    str type = str_split(&subtype, '/');
    if (str_is_empty(type) || str_is_empty(subtype))
        return false;
    for (size_t i = 0; i < type.len; i++) {
        if (!is_media_character(type.ptr[i]))
            return false;
    }
    for (size_t i = 0; i < subtype.len; i++) {
        if (!is_media_character(subtype.ptr[i]))
            return str_equal(subtype, STR("*"));
    }
    return true;
}

/* "image/png, application/pdf" */
static bool check_accept(resolver *r, const binding *b, str accept) {
    const expression *value = binding_find(b, STR("accept"));
    while (!str_is_empty(accept)) {
        str type = str_trim(str_split(&accept, ','));
        if (is_media_type(type))
            continue;
        diag *d = diag_add(r->arena, r->diags, DIAG_BAD_FILE, value->span,
                           "'%.*s' is not a media type", STR_ARG(type));
        diag_help(r->arena, d,
                  "write accept: \"image/*\" or \"image/png,application/pdf\"");
        return false;
    }
    return true;
}

static bool read_max_size(resolver *r, const binding *b, uint64_t *out) {
    str text = {0};
    if (!resolve_text(r, b, STR("maxSize"), &text))
        return false;
    if (str_is_empty(text) || quantity_parse_bytes(text, out))
        return true;
    diag_add(r->arena, r->diags, DIAG_BAD_FILE,
             binding_find(b, STR("maxSize"))->span,
             "'%.*s' is not a size such as 500KB or 5MB", STR_ARG(text));
    return false;
}

/* On the relation to a file, or on a column that holds a file's path. */
static void read_file(resolver *r, field_draft *f, const binding *b) {
    file_options options = {0};
    if (f->field->kind != FIELD_RELATION &&
        !(f->field->kind == FIELD_SCALAR &&
          f->field->scalar == SCALAR_STRING)) {
        report(r, DIAG_WRONG_FIELD, b->attribute->span, b,
               "stands on a String or on a relation to a file");
        return;
    }
    if (!resolve_text(r, b, STR("accept"), &options.accept) ||
        !check_accept(r, b, options.accept) ||
        !read_max_size(r, b, &options.max_bytes) ||
        !read_switch(r, b, STR("public"), &options.is_public))
        return;
    file_options *kept = arena_new_array(r->arena, file_options, 1);
    *kept = options;
    f->field->file = kept;
}

static bool check_is_column(resolver *r, const field_draft *f,
                            const binding *b) {
    return f->field->kind != FIELD_RELATION ||
           report(r, DIAG_MISPLACED_ATTRIBUTE, b->attribute->span, b,
                  "does not stand on a relation field");
}

/* The old name, in the schema's words or in the database's: a text or a name. */
static bool read_old_name(resolver *r, const binding *b, str now, str *out) {
    const expression *value = binding_find(b, STR("from"));
    bool is_name = value->kind == EXPRESSION_STRING ||
                   (value->kind == EXPRESSION_NAME && value->name_count == 1);
    if (!is_name || str_is_empty(value->text))
        return report(r, DIAG_BAD_RENAME, value->span, b,
                      "takes the old name in the database");
    if (str_equal(value->text, now))
        return report(r, DIAG_BAD_RENAME, value->span, b,
                      "names what it is called today");
    *out = value->text;
    return true;
}

static void read_renamed_field(resolver *r, field_draft *f, const binding *b) {
    str old = {0};
    if (!check_is_column(r, f, b) ||
        !read_old_name(r, b, f->field->column, &old))
        return;
    const model_draft *m = f->owner;
    for (size_t i = 0; i < m->model->field_count; i++) {
        const field *other = m->fields[i].field;
        bool is_taken = other->kind != FIELD_RELATION &&
                        (str_equal(other->column, old) ||
                         str_equal(other->renamed_from, old));
        if (!is_taken)
            continue;
        diag *d = diag_add(
            r->arena, r->diags, DIAG_BAD_RENAME, b->attribute->span,
            "'%.*s' is or was the column of another field", STR_ARG(old));
        diag_relate(r->arena, d, other->span, "this one");
        return;
    }
    f->field->renamed_from = old;
}

void resolve_field_detail(resolver *r, field_draft *f, const binding *b) {
    own_attribute own = b->spec->own;
    if (own == OWN_LABEL)
        (void)resolve_text(r, b, STR("text"), &f->field->label);
    else if (own == OWN_HELP)
        (void)resolve_text(r, b, STR("text"), &f->field->help);
    else if (own == OWN_FILE)
        read_file(r, f, b);
    else if (own == OWN_RENAMED)
        read_renamed_field(r, f, b);
    else if (!check_is_column(r, f, b))
        return;
    else if (own == OWN_OMIT)
        f->field->is_omitted = true;
    else if (own == OWN_SENSITIVE)
        f->field->is_sensitive = true;
    else if (own == OWN_PASSWORD)
        read_password(r, f, b);
}

/* ---- Models ------------------------------------------------------------------------ */

/* Roles name it as project.publish. */
static bool is_verb(str text) {
    if (str_is_empty(text) || text.len > 60 || !ascii_is_letter(text.ptr[0]))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!ascii_is_letter(c) && !ascii_is_digit(c) && c != '_' && c != '-')
            return false;
    }
    return true;
}

static bool check_verb(resolver *r, const model_draft *m, const binding *b,
                       str verb) {
    source_span span = binding_find(b, STR("verb"))->span;
    if (!is_verb(verb))
        return report(r, DIAG_BAD_PERMISSION, span, b,
                      "takes a verb of letters, digits, '-' and '_'");
    for (size_t i = 0; i < LENGTH(CRUD_VERBS); i++) {
        if (str_equal(verb, CRUD_VERBS[i]))
            return report(r, DIAG_BAD_PERMISSION, span, b,
                          "adds a verb, and this one is there in every model");
    }
    for (size_t i = 0; i < m->model->permission_count; i++) {
        if (str_equal(verb, m->permissions[i].verb))
            return report(r, DIAG_BAD_PERMISSION, span, b,
                          "gives this verb twice");
    }
    return true;
}

static void read_permission(resolver *r, model_draft *m, const binding *b) {
    permission p = {0};
    if (resolve_text(r, b, STR("verb"), &p.verb) &&
        resolve_text(r, b, STR("description"), &p.description) &&
        check_verb(r, m, b, p.verb))
        ARENA_PUSH(r->arena, m->permissions, m->model->permission_count, p);
}

/* "reads" is the whole and the reads. */
static bool read_audit_mode(resolver *r, const binding *b, audit_options *out) {
    static const struct {
        str word;
        audit_options options;
    } MODES[] = {
        {STR_INIT("full"), {.mode = AUDIT_FULL}},
        {STR_INIT("changes"), {.mode = AUDIT_CHANGES}},
        {STR_INIT("off"), {.mode = AUDIT_OFF}},
        {STR_INIT("reads"), {.mode = AUDIT_FULL, .has_reads = true}},
    };
    const expression *value = binding_find(b, STR("mode"));
    if (value == NULL)
        return true;
    for (size_t i = 0; i < LENGTH(MODES); i++) {
        if (value->kind != EXPRESSION_NAME ||
            !str_equal(value->text, MODES[i].word))
            continue;
        *out = MODES[i].options;
        return true;
    }
    diag_add(r->arena, r->diags, DIAG_WRONG_ARGUMENT, value->span,
             "what is recorded is full, changes, reads or off");
    return false;
}

static bool read_retention(resolver *r, const binding *b, uint32_t *days) {
    str text = {0};
    if (!resolve_text(r, b, STR("retention"), &text))
        return false;
    if (str_is_empty(text) || quantity_parse_days(text, days))
        return true;
    diag_add(r->arena, r->diags, DIAG_BAD_RETENTION,
             binding_find(b, STR("retention"))->span,
             "'%.*s' is not a time such as 90d, 12w or 7y", STR_ARG(text));
    return false;
}

static void read_audit(resolver *r, model_draft *m, const binding *b) {
    audit_options read = {0};
    if (!read_audit_mode(r, b, &read) ||
        !read_switch(r, b, STR("reads"), &read.has_reads) ||
        !read_retention(r, b, &read.days))
        return;
    if (read.mode == AUDIT_OFF && read.has_reads) {
        report(r, DIAG_WRONG_ARGUMENT, b->attribute->span, b,
               "records reads or nothing, not both");
        return;
    }
    m->model->audit = read;
}

static bool read_title(resolver *r, model_draft *m, const binding *b,
                       admin_options *out) {
    const expression *value = binding_find(b, STR("title"));
    if (value == NULL)
        return true;
    field_list list = resolve_field_list(r, m, value);
    if (list.is_damaged)
        return false;
    if (list.count != 1 || list.items[0]->field->kind == FIELD_RELATION)
        return report(r, DIAG_BAD_ADMIN, value->span, b,
                      "takes one column as the title");
    out->title = list.items[0]->field;
    return true;
}

static bool read_list(resolver *r, model_draft *m, const binding *b,
                      admin_options *out) {
    const expression *value = binding_find(b, STR("list"));
    if (value == NULL)
        return true;
    field_list list = resolve_field_list(r, m, value);
    if (list.is_damaged)
        return false;
    out->list = arena_new_array(r->arena, const field *, list.count);
    for (size_t i = 0; i < list.count; i++)
        out->list[out->list_count++] = list.items[i]->field;
    return true;
}

static void read_admin(resolver *r, model_draft *m, const binding *b) {
    admin_options options = {0};
    if (!resolve_text(r, b, STR("label"), &options.label) ||
        !resolve_text(r, b, STR("icon"), &options.icon) ||
        !read_title(r, m, b, &options) || !read_list(r, m, b, &options) ||
        !read_switch(r, b, STR("hidden"), &options.is_hidden))
        return;
    admin_options *kept = arena_new_array(r->arena, admin_options, 1);
    *kept = options;
    m->model->admin = kept;
}

static void read_renamed_model(resolver *r, model_draft *m, const binding *b) {
    str old = {0};
    if (!read_old_name(r, b, m->model->table, &old))
        return;
    for (size_t i = 0; i < r->model_count; i++) {
        const model *other = &r->models[i];
        if (!str_equal(other->table, old) &&
            !str_equal(other->renamed_from, old))
            continue;
        diag *d = diag_add(
            r->arena, r->diags, DIAG_BAD_RENAME, b->attribute->span,
            "'%.*s' is or was the table of another model", STR_ARG(old));
        diag_relate(r->arena, d, other->span, "this one");
        return;
    }
    m->model->renamed_from = old;
}

void resolve_model_detail(resolver *r, model_draft *m, const binding *b) {
    own_attribute own = b->spec->own;
    if (own == OWN_PERMISSION)
        read_permission(r, m, b);
    else if (own == OWN_AUDIT)
        read_audit(r, m, b);
    else if (own == OWN_ADMIN)
        read_admin(r, m, b);
    else if (own == OWN_RENAMED)
        read_renamed_model(r, m, b);
}
