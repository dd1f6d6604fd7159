/*
 * Two schemas are made from the bytes. The plan from the one to the other is
 * applied to an empty SQLite database that is the first: it must not fail, and
 * afterwards there must be nothing left to do.
 */
#include <stdint.h>
#include <stdio.h>

#include "base/assert.h"
#include "database/migrate/apply.h"
#include "schema/load.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TEXT_MAX = 64 * 1024, MODELS_MAX = 4, FIELDS_MAX = 6 };

typedef struct bytes {
    const uint8_t *data;
    size_t left;
} bytes;

static unsigned take(bytes *b, unsigned limit) {
    if (b->left == 0)
        return 0;
    b->left--;
    return *b->data++ % limit;
}

static const char *const TYPES[] = {
    "String", "Int",   "BigInt", "Float",    "Decimal", "Boolean",
    "Json",   "Bytes", "E",      "DateTime", "String",  "Int",
};
static const char *const ENDS[] = {
    "", "?", "[]", " @unique", "? @unique",
};
static const char *const KEYS[] = {
    "",
    "  @@index([f0, f1])\n",
    "  @@unique([f1, f0])\n",
    "  @@index([f1(sort: Desc)])\n",
};

static void write_field(buf *out, bytes *b, unsigned number) {
    static const char *const DEFAULTS[] = {
        "\"it's\"", "7",        "8", "1.5",   "2.5",  "true",
        "\"{}\"",   "\"aGk=\"", "B", "now()", "\"\"", "-1",
    };
    unsigned type = take(b, LENGTH(TYPES));
    unsigned end = take(b, LENGTH(ENDS));
    buf_printf(out, "  f%u %s%s", number, TYPES[type], ENDS[end]);
    if (end != 2 && take(b, 3) == 0)
        buf_printf(out, " @default(%s)", DEFAULTS[type]);
    if (take(b, 8) == 0)
        buf_printf(out, " @map(\"c \\\"%u\")", number);
    buf_append_char(out, '\n');
}

/* To any model, itself included; the other side is in that model. */
static void write_parent(buf *out, bytes *b, unsigned at, unsigned parent) {
    static const char *const ACTIONS[] = {"", ", onDelete: Cascade",
                                          ", onUpdate: Restrict"};
    const char *mark = take(b, 2) == 0 ? "?" : "";
    buf_printf(out,
               "  p M%u%s @relation(\"r%u\", fields: [pid], references: [id]"
               "%s)\n  pid Int%s\n",
               parent, mark, at, ACTIONS[take(b, LENGTH(ACTIONS))], mark);
}

static void write_schema(buf *out, bytes *b) {
    unsigned count = 1 + take(b, MODELS_MAX);
    unsigned parents[MODELS_MAX];
    for (unsigned i = 0; i < count; i++)
        parents[i] = take(b, count + 1);
    for (unsigned i = 0; i < count; i++) {
        buf_printf(out, "model M%u {\n  id Int @id%s\n", i,
                   take(b, 2) == 0 ? " @default(autoincrement())" : "");
        unsigned fields = 2 + take(b, FIELDS_MAX);
        for (unsigned k = 0; k < fields; k++)
            write_field(out, b, k);
        if (parents[i] < count)
            write_parent(out, b, i, parents[i]);
        for (unsigned k = 0; k < count; k++)
            if (parents[k] == i)
                buf_printf(out, "  cs%u M%u[] @relation(\"r%u\")\n", k, k, k);
        buf_append(out, str_of(KEYS[take(b, LENGTH(KEYS))]));
        if (take(b, 4) == 0)
            buf_printf(out, "  @@map(\"t %u\")\n", i);
        buf_append(out, STR("}\n"));
    }
    buf_append(out, take(b, 2) == 0 ? STR("enum E {\n  A\n  B\n}\n")
                                    : STR("enum E {\n  C\n  B\n  A\n}\n"));
}

/* Or NULL: two tables of one name, an index over Json, and the like. */
static const structure *make_structure(arena *a, bytes *b) {
    CLEANUP(buf_free) buf text = buf_new(TEXT_MAX);
    diag_list diags = {0};
    const schema *s = NULL;
    write_schema(&text, b);
    err *e =
        schema_load_text(a, STR("fuzz.prisma"), arena_copy(a, buf_str(&text)),
                         ENGINE_SQLITE, &diags, &s);
    return e == NULL ? structure_of_schema(a, s) : NULL;
}

static void expect_ok(const err *e) {
    CLEANUP(buf_free) buf text = buf_new(TEXT_MAX);
    if (e == NULL)
        return;
    err_print(&text, e);
    (void)fprintf(stderr, "%.*s\n", STR_ARG(buf_str(&text)));
    PANIC("a plan failed");
}

static void lead_to(arena *a, target *t, const structure *to) {
    structure now;
    expect_ok(target_structure(a, t, NULL, 0, &now));
    expect_ok(plan_apply(a, t, plan_make(a, &now, to, (plan_options){0})));
    expect_ok(target_structure(a, t, NULL, 0, &now));
    ASSERT(plan_is_empty(plan_make(a, &now, to, (plan_options){0})));
    ASSERT(plan_is_empty(plan_make(a, &now, &now, (plan_options){0})));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    CLEANUP(arena_release) arena *a = arena_new();
    bytes b = {data, size};
    const structure *old = make_structure(a, &b);
    const structure *new = make_structure(a, &b);
    if (old == NULL || new == NULL)
        return 0;
    ASSERT(plan_is_empty(plan_make(a, new, new, (plan_options){0})));
    CLEANUP(target_close) target *t = NULL;
    expect_ok(target_open_blank(a, ENGINE_SQLITE, STR(""), STR(""), &t));
    lead_to(a, t, old);
    lead_to(a, t, new);
    lead_to(a, t, old);
    return 0;
}
