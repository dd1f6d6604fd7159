#include "api/rest/row_output.h"

#include "base/assert.h"
#include "base/json.h"

/* What is between the punctuation of ,"name": */
static str name_of(arena *a, str made) {
    const json *name;
    err *e = json_parse(a, str_slice(made, 1, made.len - 1), &name);
    ASSERT(e == NULL);
    return name->text;
}

/* A value of json is shown as it is. */
static bool is_foreign_value(const field *f) {
    return f->is_foreign && !str_equal(f->unsupported, STR("json")) &&
           !str_equal(f->unsupported, STR("jsonb"));
}

/* Behind the columns come embedded rows, which are JSON. */
static const csv_column *make_csv_columns(arena *a, const selection *s,
                                          const row_column *keys) {
    csv_column *columns = arena_new_array(a, csv_column, s->key_count);
    for (size_t i = s->count; i < s->key_count; i++)
        columns[i] = (csv_column){.name = name_of(a, s->keys[i].key),
                                  .type = s->keys[i].type};
    for (size_t i = 0; i < s->count; i++) {
        const query_column *c = &s->columns[i];
        const field *f = query_result(c->field, c->derivation);
        columns[i] = (csv_column){
            .name = name_of(a, s->keys[i].key),
            .type = f->is_list ? f->scalar : keys[i].type,
            .is_list = f->is_list,
            .is_foreign = is_foreign_value(f),
        };
    }
    return columns;
}

row_output row_output_begin(arena *a, buf *body, const selection *s,
                            const media_type *accept, const time_zone *zone) {
    row_output o = {
        .a = a,
        .body = body,
        .shape = {s->keys, s->key_count, accept->strips_nulls},
        .is_object = accept->is_object,
    };
    if (UNLIKELY(zone != NULL)) {
        o.zone = zone_output_new(a, zone, s, accept->is_csv);
        o.shape.columns = o.zone->keys;
    }
    o.is_plain = !accept->is_csv && !accept->is_geojson;
    if (UNLIKELY(accept->is_csv)) {
        o.csv = make_csv_columns(a, s, o.shape.columns);
        row_csv_write_header(body, o.csv, s->key_count);
    } else if (UNLIKELY(accept->is_geojson)) {
        o.features = geojson_output_new(a, s, o.shape.columns);
        geojson_output_begin(body);
    } else if (!o.is_object) {
        buf_append_char(body, '[');
    }
    return o;
}

static void write_other(row_output *o, const value *values) {
    if (o->csv != NULL) {
        buf_append_char(o->body, '\n');
        row_csv_write(o->a, o->body, o->csv, o->shape.column_count, values);
        return;
    }
    if (o->count > 0)
        buf_append_char(o->body, ',');
    geojson_output_row(o->features, o->body, values);
}

static void write_row(row_output *o, const value *values) {
    if (UNLIKELY(!o->is_plain)) {
        write_other(o, values);
    } else {
        if (o->count > 0)
            buf_append_char(o->body, ',');
        row_json_write(o->body, &o->shape, values);
    }
    o->count++;
}

void row_output_write(row_output *o, const value *values) {
    if (LIKELY(o->zone == NULL)) {
        write_row(o, values);
        return;
    }
    arena_place before = arena_mark(o->a);
    write_row(o, zone_output_row(o->a, o->zone, values));
    arena_rewind(o->a, before);
}

void row_output_end(row_output *o) {
    if (o->features != NULL)
        geojson_output_end(o->body);
    else if (o->csv == NULL && !o->is_object)
        buf_append_char(o->body, ']');
}
