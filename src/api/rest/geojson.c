#include "api/rest/geojson.h"

#include "base/assert.h"
#include "database/geometry.h"

struct geojson_output {
    size_t geometry; /* which cell */
    row_column key;
    row_shape properties; /* of the others */
    value *room;
};

/* ---- What is asked for ---------------------------------------------------- */

static bool has_geometry(const model *m) {
    for (size_t i = 0; i < m->column_count; i++) {
        if (geometry_is(m->columns[i]))
            return true;
    }
    return false;
}

static bool is_geometry(const query_column *c) {
    return c->derivation == NULL ? geometry_is(c->field)
                                 : c->derivation->is_geojson;
}

static const derivation *as_geojson(arena *a, const field *f) {
    derivation *d = arena_new_array(a, derivation, 1);
    *d = (derivation){.is_geojson = true, .result = *f};
    d->result.unsupported = STR("json");
    return d;
}

static err *check(arena *a, const rest_request *r) {
    if (!has_geometry(r->table->model))
        return err_with_hint(media_type_refuse(a, STR("application/geo+json")),
                             STR("GeoJSON is made of a column of PostGIS's "
                                 "types, and this table "
                                 "has none"));
    if (r->params.selection.is_grouped)
        return err_new(a, ERR_UNSUPPORTED,
                       "aggregates are not shown as GeoJSON");
    return NULL;
}

err *geojson_plan(arena *a, rest_request *r) {
    selection *s = &r->params.selection;
    bool has_any = false;
    TRY(check(a, r));
    query_column *columns = arena_new_array(a, query_column, s->count);
    for (size_t i = 0; i < s->count; i++) {
        columns[i] = s->columns[i];
        if (!is_geometry(&columns[i]))
            continue;
        columns[i].derivation = as_geojson(a, columns[i].field);
        has_any = true;
    }
    s->columns = columns;
    s->has_all_columns = false;
    return has_any ? NULL
                   : err_with_hint(
                         err_new(a, ERR_INVALID, "geometry column is missing"),
                         STR("select one, GeoJSON is made of it"));
}

/* ---- What comes ----------------------------------------------------------- */

geojson_output *geojson_output_new(arena *a, const selection *s,
                                   const row_column *keys) {
    geojson_output *o = arena_new_array(a, geojson_output, 1);
    row_column *others = arena_new_array(a, row_column, s->key_count);
    size_t count = 0;
    while (o->geometry < s->count && !is_geometry(&s->columns[o->geometry]))
        o->geometry++;
    ASSERT(o->geometry < s->count);
    for (size_t i = 0; i < s->key_count; i++) {
        if (i != o->geometry)
            others[count++] = keys[i];
    }
    o->key = keys[o->geometry];
    o->properties = (row_shape){.columns = others, .column_count = count};
    o->room = arena_new_array(a, value, s->key_count);
    return o;
}

void geojson_output_begin(buf *body) {
    buf_append(body, STR("{\"type\":\"FeatureCollection\",\"features\":["));
}

void geojson_output_row(const geojson_output *o, buf *body,
                        const value *values) {
    size_t others = o->properties.column_count;
    size_t behind = others - o->geometry;
    if (o->geometry > 0)
        memcpy(o->room, values, o->geometry * sizeof *values);
    if (behind > 0)
        memcpy(o->room + o->geometry, values + o->geometry + 1,
               behind * sizeof *values);
    buf_append(body, STR("{\"type\":\"Feature\",\"geometry\":"));
    row_json_write_value(body, &o->key, &values[o->geometry]);
    buf_append(body, STR(",\"properties\":"));
    row_json_write(body, &o->properties, o->room);
    buf_append_char(body, '}');
}

void geojson_output_end(buf *body) {
    buf_append(body, STR("]}"));
}
