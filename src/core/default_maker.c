#include "core/default_maker.h"

#include "base/assert.h"
#include "base/base64.h"
#include "base/clock.h"
#include "base/nanoid.h"
#include "base/timestamp.h"
#include "base/ulid.h"
#include "core/coerce.h"

static value text_value(str text) {
    return (value){.kind = VALUE_TEXT, .text = text};
}

value default_maker_now(default_maker *d) {
    if (str_is_empty(d->now)) {
        char *to = arena_take(d->caller->arena, TIMESTAMP_LENGTH, 1);
        int64_t ms = clock_wall_ms(d->caller->app->clock);
        timestamp_format((timestamp){ms}, to);
        d->now = (str){to, TIMESTAMP_LENGTH};
    }
    return text_value(d->now);
}

static value make_uuid(default_maker *d, bool is_by_time) {
    const caller *c = d->caller;
    char *to = arena_take(c->arena, UUID_LENGTH, 1);
    uuid made = is_by_time ? uuid_v7(&c->ids->uuids, &c->ids->random,
                                     clock_wall_ms(c->app->clock))
                           : uuid_v4(&c->ids->random);
    uuid_format(made, to);
    return text_value((str){to, UUID_LENGTH});
}

static value make_cuid(default_maker *d) {
    const caller *c = d->caller;
    char *to = arena_take(c->arena, CUID_LENGTH, 1);
    cuid_format(&c->ids->cuids, &c->ids->random, clock_wall_ms(c->app->clock),
                to);
    return text_value((str){to, CUID_LENGTH});
}

static value make_random(default_maker *d, const default_value *v) {
    const caller *c = d->caller;
    rand_source *random = &c->ids->random;
    size_t length = v->kind == DEFAULT_CUID2  ? CUID2_LENGTH
                    : v->kind == DEFAULT_ULID ? ULID_LENGTH
                                              : v->length;
    char *to = arena_take(c->arena, length, 1);
    if (v->kind == DEFAULT_CUID2)
        cuid2_format(random, to);
    else if (v->kind == DEFAULT_ULID)
        ulid_format(random, clock_wall_ms(c->app->clock), to);
    else
        nanoid_format(random, to, length);
    return text_value((str){to, length});
}

/* Literals are what a client would send, but for bytes, which the schema
 * language writes in base64. */
static err *make_literal(default_maker *d, const field *f, value *out) {
    str text = f->default_value.text;
    if (f->scalar != SCALAR_BYTES)
        return coerce_text(d->caller->arena, f, text, out);
    out->kind = VALUE_BYTES;
    bool is_base64 =
        base64_decode(d->caller->arena, text, BASE64_STANDARD, &out->text);
    ASSERT(is_base64);
    return NULL;
}

/* A list that nobody mentions is empty, not absent. */
static value make_nothing(default_maker *d, const field *f) {
    if (f->is_updated_at)
        return default_maker_now(d);
    return f->is_list ? text_value(STR("[]")) : (value){.kind = VALUE_NULL};
}

err *default_maker_make(default_maker *d, const field *f, value *out) {
    switch (f->default_value.kind) {
    case DEFAULT_NONE:
        *out = make_nothing(d, f);
        return NULL;
    case DEFAULT_LITERAL:
        return make_literal(d, f, out);
    case DEFAULT_NOW:
        *out = default_maker_now(d);
        return NULL;
    case DEFAULT_LIST:
    case DEFAULT_DBGENERATED:
    case DEFAULT_AUTOINCREMENT:
        *out = (value){.kind = VALUE_DEFAULT};
        return NULL;
    case DEFAULT_UUID4:
    case DEFAULT_UUID7:
        *out = make_uuid(d, f->default_value.kind == DEFAULT_UUID7);
        return NULL;
    case DEFAULT_CUID:
        *out = make_cuid(d);
        return NULL;
    case DEFAULT_CUID2:
    case DEFAULT_ULID:
    case DEFAULT_NANOID:
        *out = make_random(d, &f->default_value);
        return NULL;
    }
    PANIC("not a default");
}
