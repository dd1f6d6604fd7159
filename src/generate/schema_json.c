#include "generate/schema_json.h"

#include "base/json_page.h"
#include "schema/function.h"
#include "schema/state_machine.h"
#include "schema/validation.h"

static const str FIELD_KINDS[] = {
    [FIELD_SCALAR] = STR_INIT("scalar"),
    [FIELD_ENUM] = STR_INIT("enum"),
    [FIELD_RELATION] = STR_INIT("relation"),
    [FIELD_UNSUPPORTED] = STR_INIT("unsupported"),
};

static const str RELATION_KINDS[] = {
    [RELATION_ONE_TO_ONE] = STR_INIT("oneToOne"),
    [RELATION_ONE_TO_MANY] = STR_INIT("oneToMany"),
    [RELATION_MANY_TO_MANY] = STR_INIT("manyToMany"),
};

/* The functions as the schema language calls them; a literal has no name. */
static const str DEFAULT_FUNCTIONS[] = {
    [DEFAULT_NOW] = STR_INIT("now"),
    [DEFAULT_AUTOINCREMENT] = STR_INIT("autoincrement"),
    [DEFAULT_UUID4] = STR_INIT("uuid(4)"),
    [DEFAULT_UUID7] = STR_INIT("uuid(7)"),
    [DEFAULT_CUID] = STR_INIT("cuid"),
    [DEFAULT_CUID2] = STR_INIT("cuid(2)"),
    [DEFAULT_ULID] = STR_INIT("ulid"),
    [DEFAULT_NANOID] = STR_INIT("nanoid"),
    [DEFAULT_DBGENERATED] = STR_INIT("dbgenerated"),
};

static void write_texts(json_page *p, str member, const str *texts,
                        size_t count) {
    if (count == 0)
        return;
    json_page_open(p, member, '[');
    for (size_t i = 0; i < count; i++)
        json_page_text(p, STR(""), texts[i]);
    json_page_close(p, ']');
}

static void write_names(json_page *p, str member, const field *const *fields,
                        size_t count) {
    if (count == 0)
        return;
    json_page_open(p, member, '[');
    for (size_t i = 0; i < count; i++)
        json_page_text(p, STR(""), fields[i]->name);
    json_page_close(p, ']');
}

/* ---- the datasource and enums --------------------------------------------*/

static void write_extensions(json_page *p, const datasource *d) {
    if (d->extension_count == 0)
        return;
    json_page_open(p, STR("extensions"), '[');
    for (size_t i = 0; i < d->extension_count; i++) {
        const extension *e = &d->extensions[i];
        json_page_open(p, STR(""), '{');
        json_page_text(p, STR("name"), e->name);
        json_page_some_text(p, STR("schema"), e->schema);
        json_page_some_text(p, STR("version"), e->version);
        json_page_close(p, '}');
    }
    json_page_close(p, ']');
}

/* Without the URL, which may hold a password. */
static void write_datasource(json_page *p, const datasource *d) {
    json_page_open(p, STR("datasource"), '{');
    json_page_some_text(p, STR("name"), d->name);
    json_page_some_text(p, STR("provider"), d->provider);
    json_page_text(p, STR("relationMode"),
                   d->has_no_foreign_keys ? STR("prisma") : STR("foreignKeys"));
    write_texts(p, STR("schemas"), d->schemas, d->schema_count);
    write_extensions(p, d);
    json_page_close(p, '}');
}

static void write_enum(json_page *p, const enumeration *e) {
    json_page_open(p, STR(""), '{');
    json_page_text(p, STR("name"), e->name);
    json_page_text(p, STR("databaseName"), e->database_name);
    json_page_some_text(p, STR("databaseSchema"), e->database_schema);
    json_page_some_text(p, STR("doc"), e->doc);
    json_page_open(p, STR("values"), '[');
    for (size_t i = 0; i < e->value_count; i++) {
        json_page_open(p, STR(""), '{');
        json_page_text(p, STR("name"), e->values[i].name);
        json_page_text(p, STR("databaseName"), e->values[i].database_name);
        json_page_some_text(p, STR("doc"), e->values[i].doc);
        json_page_close(p, '}');
    }
    json_page_close(p, ']');
    json_page_close(p, '}');
}

/* ---- rules ---------------------------------------------------------------*/

/* As it was written. */
static str source_of(source_span span) {
    return str_slice(span.source->text, span.from, span.to);
}

static void write_rule(json_page *p, const policy_rule *rule) {
    json_page_open(p, STR(""), '{');
    json_page_text(p, STR("effect"),
                   rule->is_deny ? STR("deny") : STR("allow"));
    json_page_open(p, STR("operations"), '[');
    for (int op = 0; op < OPERATION_COUNT; op++) {
        if (rule->operations[op])
            json_page_text(p, STR(""), operation_name((operation)op));
    }
    json_page_close(p, ']');
    json_page_text(p, STR("condition"), source_of(rule->condition->span));
    json_page_close(p, '}');
}

static void write_rules(json_page *p, const policy_rule *rules, size_t count) {
    if (count == 0)
        return;
    json_page_open(p, STR("policies"), '[');
    for (size_t i = 0; i < count; i++)
        write_rule(p, &rules[i]);
    json_page_close(p, ']');
}

static void write_validation(json_page *p, const validation *v) {
    json_page_open(p, STR(""), '{');
    json_page_text(p, STR("rule"), validation_name(v->kind));
    if (v->kind == VALIDATION_LENGTH) {
        json_page_some_number(p, STR("min"), (int64_t)v->least);
        if (v->most <= INT64_MAX)
            json_page_number(p, STR("max"), (int64_t)v->most);
    }
    json_page_some_text(p, STR("value"), v->text);
    if (v->condition != NULL)
        json_page_text(p, STR("condition"), source_of(v->condition->span));
    if (validation_counts(v->kind))
        write_names(p, STR("fields"), v->columns, v->column_count);
    json_page_some_text(p, STR("constraint"), v->constraint);
    if (v->about != NULL)
        json_page_text(p, STR("path"), v->about->name);
    json_page_some_text(p, STR("message"), v->message);
    json_page_close(p, '}');
}

static void write_validations(json_page *p, const validation *items,
                              size_t count) {
    if (count == 0)
        return;
    json_page_open(p, STR("validations"), '[');
    for (size_t i = 0; i < count; i++)
        write_validation(p, &items[i]);
    json_page_close(p, ']');
}

/* ---- fields --------------------------------------------------------------*/

static str type_name(const field *f) {
    switch (f->kind) {
    case FIELD_SCALAR:
        return scalar_type_name(f->scalar);
    case FIELD_ENUM:
        return f->enumeration->name;
    case FIELD_UNSUPPORTED:
        return f->unsupported;
    case FIELD_RELATION: {
        const relation *r = f->relation;
        if (r == NULL) /* the row of a computed field */
            return f->model->function->computed_of->name;
        return f == r->child_field ? r->parent->name : r->child->name;
    }
    }
    return STR("");
}

static void write_native_type(json_page *p, const native_type *native) {
    if (native->spec == NULL)
        return;
    json_page_open(p, STR("nativeType"), '{');
    json_page_text(p, STR("name"), native->spec->name);
    if (native->parameter_count > 0) {
        json_page_open(p, STR("parameters"), '[');
        for (size_t i = 0; i < native->parameter_count; i++)
            json_page_number(p, STR(""), native->parameters[i]);
        json_page_close(p, ']');
    }
    json_page_close(p, '}');
}

static void write_default(json_page *p, const default_value *d) {
    if (d->kind == DEFAULT_NONE)
        return;
    json_page_open(p, STR("default"), '{');
    if (d->kind == DEFAULT_LITERAL) {
        json_page_text(p, STR("value"), d->text);
    } else if (d->kind == DEFAULT_LIST) {
        json_page_open(p, STR("values"), '[');
        for (size_t i = 0; i < d->item_count; i++)
            json_page_text(p, STR(""), d->items[i]);
        json_page_close(p, ']');
    } else {
        json_page_text(p, STR("function"), DEFAULT_FUNCTIONS[d->kind]);
        json_page_some_text(p, STR("sql"), d->text);
        json_page_some_number(p, STR("length"), d->length);
    }
    json_page_close(p, '}');
}

static void write_file(json_page *p, const file_options *file) {
    if (file == NULL)
        return;
    json_page_open(p, STR("file"), '{');
    json_page_some_text(p, STR("accept"), file->accept);
    json_page_some_number(p, STR("maxBytes"), (int64_t)file->max_bytes);
    json_page_some_bool(p, STR("isPublic"), file->is_public);
    json_page_close(p, '}');
}

static void write_flags(json_page *p, const field *f) {
    json_page_some_bool(p, STR("isList"), f->is_list);
    json_page_some_bool(p, STR("isOptional"), f->is_optional);
    json_page_some_bool(p, STR("isId"), f->is_id);
    json_page_some_bool(p, STR("isUnique"), f->is_unique);
    json_page_some_bool(p, STR("isUpdatedAt"), f->is_updated_at);
    json_page_some_bool(p, STR("isIgnored"), f->is_ignored);
    json_page_some_bool(p, STR("isOmitted"), f->is_omitted);
    json_page_some_bool(p, STR("isPassword"), f->is_password);
    json_page_some_bool(p, STR("isSensitive"), f->is_sensitive);
}

static void write_field(json_page *p, const field *f) {
    json_page_open(p, STR(""), '{');
    json_page_text(p, STR("name"), f->name);
    json_page_some_text(p, STR("column"), f->column);
    json_page_some_text(p, STR("renamedFrom"), f->renamed_from);
    json_page_text(p, STR("kind"), FIELD_KINDS[f->kind]);
    json_page_text(p, STR("type"), type_name(f));
    write_flags(p, f);
    write_native_type(p, &f->native);
    write_default(p, &f->default_value);
    if (f->relation != NULL)
        json_page_text(p, STR("relation"), f->relation->name);
    write_file(p, f->file);
    write_rules(p, f->rules, f->rule_count);
    write_validations(p, f->validations, f->validation_count);
    json_page_some_text(p, STR("label"), f->label);
    json_page_some_text(p, STR("help"), f->help);
    json_page_some_text(p, STR("doc"), f->doc);
    json_page_close(p, '}');
}

/* ---- models --------------------------------------------------------------*/

static void write_key_field(json_page *p, const field *f,
                            const key_option *option) {
    json_page_open(p, STR(""), '{');
    json_page_text(p, STR("name"), f->name);
    json_page_some_bool(p, STR("isDescending"), option->is_descending);
    json_page_some_text(p, STR("operatorClass"), option->operator_class);
    json_page_close(p, '}');
}

static void write_key(json_page *p, str name, const key *k) {
    json_page_open(p, name, '{');
    json_page_some_text(p, STR("name"), k->client_name);
    json_page_text(p, STR("databaseName"), k->name);
    if (k->method != INDEX_BTREE)
        json_page_text(p, STR("method"), index_method_name(k->method));
    json_page_open(p, STR("fields"), '[');
    for (size_t i = 0; i < k->field_count; i++)
        write_key_field(p, k->fields[i], &k->options[i]);
    json_page_close(p, ']');
    if (k->is_partial)
        json_page_text(p, STR("where"), source_of(k->where->span));
    json_page_close(p, '}');
}

static void write_keys(json_page *p, str name, const key *keys, size_t count) {
    if (count == 0)
        return;
    json_page_open(p, name, '[');
    for (size_t i = 0; i < count; i++)
        write_key(p, STR(""), &keys[i]);
    json_page_close(p, ']');
}

static void write_state(json_page *p, str member, const enumeration *e,
                        size_t at) {
    json_page_text(p, member, e->values[at].database_name);
}

static void write_machine(json_page *p, const state_machine *machine) {
    const enumeration *e = machine->field->enumeration;
    json_page_open(p, STR(""), '{');
    json_page_text(p, STR("field"), machine->field->name);
    json_page_open(p, STR("initial"), '[');
    for (size_t i = 0; i < e->value_count; i++) {
        if (machine->initial[i])
            write_state(p, STR(""), e, i);
    }
    json_page_close(p, ']');
    json_page_open(p, STR("moves"), '[');
    for (size_t i = 0; i < e->value_count * e->value_count; i++) {
        if (!machine->moves[i])
            continue;
        json_page_open(p, STR(""), '{');
        write_state(p, STR("from"), e, i / e->value_count);
        write_state(p, STR("to"), e, i % e->value_count);
        json_page_close(p, '}');
    }
    json_page_close(p, ']');
    json_page_close(p, '}');
}

static void write_machines(json_page *p, const model *m) {
    if (m->state_count == 0)
        return;
    json_page_open(p, STR("states"), '[');
    for (size_t i = 0; i < m->state_count; i++)
        write_machine(p, &m->states[i]);
    json_page_close(p, ']');
}

static void write_permissions(json_page *p, const model *m) {
    if (m->permission_count == 0)
        return;
    json_page_open(p, STR("permissions"), '[');
    for (size_t i = 0; i < m->permission_count; i++) {
        json_page_open(p, STR(""), '{');
        json_page_text(p, STR("verb"), m->permissions[i].verb);
        json_page_some_text(p, STR("description"),
                            m->permissions[i].description);
        json_page_close(p, '}');
    }
    json_page_close(p, ']');
}

static void write_audit(json_page *p, const model *m) {
    static const str MODES[] = {[AUDIT_FULL] = STR_INIT("full"),
                                [AUDIT_CHANGES] = STR_INIT("changes"),
                                [AUDIT_OFF] = STR_INIT("off")};
    if (m->is_view)
        return;
    json_page_open(p, STR("audit"), '{');
    json_page_text(p, STR("mode"), MODES[m->audit.mode]);
    json_page_some_bool(p, STR("hasReads"), m->audit.has_reads);
    if (m->audit.mode != AUDIT_OFF)
        json_page_number(p, STR("retentionDays"), audit_days(&m->audit));
    json_page_close(p, '}');
}

static void write_admin(json_page *p, const admin_options *admin) {
    if (admin == NULL)
        return;
    json_page_open(p, STR("admin"), '{');
    json_page_some_text(p, STR("label"), admin->label);
    json_page_some_text(p, STR("icon"), admin->icon);
    if (admin->title != NULL)
        json_page_text(p, STR("title"), admin->title->name);
    write_names(p, STR("list"), admin->list, admin->list_count);
    json_page_some_bool(p, STR("isHidden"), admin->is_hidden);
    json_page_close(p, '}');
}

static void write_fields(json_page *p, str name, const model *m) {
    json_page_open(p, name, '[');
    for (size_t i = 0; i < m->field_count; i++)
        write_field(p, &m->fields[i]);
    json_page_close(p, ']');
}

static void write_model(json_page *p, const model *m) {
    json_page_open(p, STR(""), '{');
    json_page_text(p, STR("name"), m->name);
    json_page_text(p, STR("table"), m->table);
    json_page_some_text(p, STR("renamedFrom"), m->renamed_from);
    json_page_some_text(p, STR("databaseSchema"), m->database_schema);
    json_page_some_text(p, STR("doc"), m->doc);
    json_page_some_bool(p, STR("isView"), m->is_view);
    json_page_some_bool(p, STR("isIgnored"), m->is_ignored);
    write_fields(p, STR("fields"), m);
    if (m->primary_key != NULL)
        write_key(p, STR("primaryKey"), m->primary_key);
    write_keys(p, STR("uniques"), m->uniques, m->unique_count);
    write_keys(p, STR("indexes"), m->indexes, m->index_count);
    write_rules(p, m->rules, m->rule_count);
    write_validations(p, m->validations, m->validation_count);
    write_machines(p, m);
    if (m->soft_delete != NULL)
        json_page_text(p, STR("softDelete"), m->soft_delete->name);
    write_permissions(p, m);
    write_audit(p, m);
    write_admin(p, m->admin);
    json_page_close(p, '}');
}

/* ---- functions -----------------------------------------------------------*/

static void write_result(json_page *p, const schema *s, const function *f) {
    if (f->result == RESULT_VOID)
        return;
    bool is_value = f->result == RESULT_VALUE;
    const field *value = &f->row->fields[0];
    json_page_open(p, STR("result"), '{');
    json_page_text(p, STR("kind"),
                   is_value ? FIELD_KINDS[value->kind] : STR("row"));
    json_page_text(p, STR("type"), is_value ? type_name(value) : f->row->name);
    json_page_some_bool(p, STR("isList"), f->is_list);
    json_page_some_bool(p, STR("isOptional"), f->is_optional);
    if (!is_value && f->row->index >= s->model_count)
        write_fields(p, STR("fields"), f->row);
    json_page_close(p, '}');
}

static void write_function(json_page *p, const schema *s, const function *f) {
    const model *arguments = f->arguments;
    json_page_open(p, STR(""), '{');
    json_page_text(p, STR("name"), f->name);
    json_page_some_text(p, STR("doc"), f->doc);
    json_page_text(p, STR("volatility"),
                   function_volatility_name(f->volatility));
    write_fields(p, STR("arguments"), arguments);
    write_result(p, s, f);
    write_rules(p, arguments->rules, arguments->rule_count);
    write_validations(p, arguments->validations, arguments->validation_count);
    json_page_close(p, '}');
}

/* Not there at all in a schema without functions, as it was before them. */
static void write_functions(json_page *p, const schema *s) {
    if (s->function_count == 0)
        return;
    json_page_open(p, STR("functions"), '[');
    for (size_t i = 0; i < s->function_count; i++)
        write_function(p, s, &s->functions[i]);
    json_page_close(p, ']');
}

/* ---- relations -----------------------------------------------------------*/

static void write_side(json_page *p, str member, const model *m, const field *f,
                       const field *const *columns, size_t count) {
    json_page_open(p, member, '{');
    json_page_text(p, STR("model"), m->name);
    json_page_text(p, STR("field"), f->name);
    write_names(p, STR("columns"), columns, count);
    json_page_close(p, '}');
}

static void write_relation(json_page *p, const relation *r) {
    json_page_open(p, STR(""), '{');
    json_page_text(p, STR("name"), r->name);
    json_page_text(p, STR("kind"), RELATION_KINDS[r->kind]);
    write_side(p, STR("child"), r->child, r->child_field, r->columns,
               r->column_count);
    write_side(p, STR("parent"), r->parent, r->parent_field, r->references,
               r->column_count);
    json_page_some_text(p, STR("joinTable"), r->join_table);
    if (r->kind != RELATION_MANY_TO_MANY) {
        json_page_text(p, STR("databaseName"), r->constraint_name);
        json_page_text(p, STR("onDelete"),
                       referential_action_name(r->on_delete));
        json_page_text(p, STR("onUpdate"),
                       referential_action_name(r->on_update));
    }
    json_page_close(p, '}');
}

static void write_relations(json_page *p, const schema *s) {
    json_page_open(p, STR("relations"), '[');
    for (size_t i = 0; i < s->model_count; i++) {
        for (size_t k = 0; k < s->models[i].relation_count; k++)
            write_relation(p, s->models[i].relations[k]);
    }
    for (size_t i = 0; i < s->many_to_many_count; i++)
        write_relation(p, s->many_to_many[i]);
    json_page_close(p, ']');
}

void schema_json_write(buf *out, const schema *s) {
    json_page p = {.out = out};
    json_page_open(&p, STR(""), '{');
    json_page_number(&p, STR("version"), SCHEMA_JSON_VERSION);
    json_page_text(&p, STR("engine"), engine_kind_name(s->engine));
    write_datasource(&p, &s->datasource);
    if (s->auth_model != NULL)
        json_page_text(&p, STR("authModel"), s->auth_model->name);
    json_page_open(&p, STR("enums"), '[');
    for (size_t i = 0; i < s->enum_count; i++)
        write_enum(&p, &s->enums[i]);
    json_page_close(&p, ']');
    json_page_open(&p, STR("models"), '[');
    for (size_t i = 0; i < s->model_count; i++)
        write_model(&p, &s->models[i]);
    json_page_close(&p, ']');
    write_functions(&p, s);
    write_relations(&p, s);
    json_page_close(&p, '}');
}
