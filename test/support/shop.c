#include "test/support/shop.h"

#include <inttypes.h>

#include "api/rest/query_string.h"
#include "schema/load.h"
#include "test/support/tasks.h"
#include "test/support/test.h"

const str SHOP_SCHEMA = STR_INIT(
    "model Customer {\n"
    "  id      Int      @id\n"
    "  name    String\n"
    "  data    Json?\n"
    "  profile Profile?\n"
    "  orders  Order[]\n"
    "  @@map(\"customers\")\n"
    "  @@allow('all', true)\n"
    "}\n"
    "model Profile {\n"
    "  id         Int      @id\n"
    "  bio        String?\n"
    "  customer   Customer @relation(fields: [customerId], references: [id])\n"
    "  customerId Int      @unique @map(\"customer_id\")\n"
    "  @@map(\"profiles\")\n"
    "  @@allow('all', true)\n"
    "}\n"
    "model Address {\n"
    "  id       Int     @id\n"
    "  city     String\n"
    "  billed   Order[] @relation(\"billing\")\n"
    "  shipped  Order[] @relation(\"shipping\")\n"
    "  @@map(\"addresses\")\n"
    "  @@allow('all', true)\n"
    "}\n"
    "model Order {\n"
    "  id         Int       @id\n"
    "  total      Decimal?\n"
    "  placedAt   DateTime? @map(\"placed_at\")\n"
    "  customer   Customer? @relation(fields: [customerId], references: [id])\n"
    "  customerId Int?      @map(\"customer_id\")\n"
    "  billing    Address?  @relation(\"billing\", fields: [billingId], "
    "references: [id])\n"
    "  billingId  Int?      @map(\"billing_id\")\n"
    "  shipping   Address?  @relation(\"shipping\", fields: [shippingId], "
    "references: [id])\n"
    "  shippingId Int?      @map(\"shipping_id\")\n"
    "  lines      Line[]\n"
    "  @@map(\"orders\")\n"
    "  @@allow('all', true)\n"
    "}\n"
    "model Product {\n"
    "  id       Int       @id\n"
    "  title    String\n"
    "  price    Int\n"
    "  lines    Line[]\n"
    "  tags     Tag[]\n"
    "  category Category? @relation(fields: [categoryId], references: [id])\n"
    "  categoryId Int?    @map(\"category_id\")\n"
    "  @@map(\"products\")\n"
    "  @@allow('all', true)\n"
    "}\n"
    "model Line {\n"
    "  order     Order   @relation(fields: [orderId], references: [id])\n"
    "  orderId   Int     @map(\"order_id\")\n"
    "  product   Product @relation(fields: [productId], references: [id])\n"
    "  productId Int     @map(\"product_id\")\n"
    "  quantity  Int\n"
    "  @@id([orderId, productId])\n"
    "  @@map(\"lines\")\n"
    "  @@allow('all', true)\n"
    "}\n"
    "model Tag {\n"
    "  id       Int       @id\n"
    "  word     String\n"
    "  products Product[]\n"
    "  @@map(\"tags\")\n"
    "  @@allow('all', true)\n"
    "}\n"
    "model Category {\n"
    "  id       Int        @id\n"
    "  name     String\n"
    "  parent   Category?  @relation(\"tree\", fields: [parentId], references: "
    "[id])\n"
    "  parentId Int?       @map(\"parent_id\")\n"
    "  children Category[] @relation(\"tree\")\n"
    "  products Product[]\n"
    "  @@map(\"categories\")\n"
    "  @@allow('all', true)\n"
    "}\n"
    "model Person {\n"
    "  id        Int      @id\n"
    "  name      String\n"
    "  following Follow[] @relation(\"follower\")\n"
    "  followers Follow[] @relation(\"followed\")\n"
    "  @@map(\"people\")\n"
    "  @@allow('all', true)\n"
    "}\n"
    "model Follow {\n"
    "  follower   Person @relation(\"follower\", fields: [followerId], "
    "references: [id])\n"
    "  followerId Int    @map(\"follower_id\")\n"
    "  followed   Person @relation(\"followed\", fields: [followedId], "
    "references: [id])\n"
    "  followedId Int    @map(\"followed_id\")\n"
    "  @@id([followerId, followedId])\n"
    "  @@map(\"follows\")\n"
    "  @@allow('all', true)\n"
    "}\n");

const schema *shop_schema(arena *a) {
    diag_list diags = {0};
    const schema *s = NULL;
    expect_ok(schema_load_text(a, STR("shop.prisma"), SHOP_SCHEMA,
                               ENGINE_SQLITE, &diags, &s));
    return s;
}

err *shop_query(arena *a, const schema *s, str table, str text, query *out) {
    app application = {.schema = s, .allows_aggregates = true};
    rest_tables tables = rest_tables_new(a, &application);
    const model *m = schema_find_table(s, table);
    query_string got;
    TRY(query_string_parse(a, &tables, rest_tables_get(&tables, m), text,
                           &got));
    *out = (query){.model = m,
                   .columns = got.selection.columns,
                   .column_count = got.selection.count,
                   .where = got.where,
                   .order = got.order,
                   .order_count = got.order_count,
                   .limit = got.limit,
                   .offset = got.offset,
                   .embeds = got.selection.embeds,
                   .embed_count = got.selection.embed_count,
                   .is_grouped = got.selection.is_grouped};
    return NULL;
}

static const char *const CASTS[] = {
    "",         "::text",      "::int2",        "::int4", "::int8",
    "::float4", "::float8",    "::numeric",     "::bool", "::date",
    "::time",   "::timestamp", "::timestamptz", "::uuid", "::bytea",
    "::json",   "::jsonb",
};
static const char *const AGGREGATES[] = {
    "", ".count()", ".sum()", ".avg()", ".min()", ".max()", ".rows()",
};

static void print_derivation(buf *out, const derivation *d) {
    for (size_t i = 0; d != NULL && i < d->step_count; i++) {
        bool is_last = i + 1 == d->step_count;
        buf_append(out, is_last && d->is_text ? STR("->>") : STR("->"));
        if (d->steps[i].is_index)
            buf_append_int(out, d->steps[i].index);
        else
            buf_append(out, d->steps[i].key);
    }
    if (d != NULL)
        buf_printf(out, "%s%s%s", CASTS[d->cast], AGGREGATES[d->aggregate],
                   CASTS[d->outer_cast]);
}

static void print_query(arena *a, buf *out, const query *q);

static void print_hop(arena *a, buf *out, const hop *h) {
    static const char *const KINDS[] = {"parent ", "child ", "join ",
                                        "junction "};
    buf_append(out, str_of(KINDS[h->kind]));
    if (h->kind == HOP_JOIN_TABLE)
        buf_printf(out, "%s ", h->is_from_a ? "A" : "B");
    if (h->junction_where != NULL)
        buf_printf(out, "(%.*s where %.*s) ",
                   STR_ARG(h->relation->child->table),
                   STR_ARG(tasks_print_filter(a, h->junction_where)));
}

static void print_embed(arena *a, buf *out, const embed *e) {
    if (e->is_spread)
        buf_append(out, STR("..."));
    buf_append(out, e->name);
    buf_append_char(out, e->hop.is_to_one ? '{' : '[');
    print_hop(a, out, &e->hop);
    print_query(a, out, &e->query);
    buf_append_char(out, e->hop.is_to_one ? '}' : ']');
}

static void print_order(arena *a, buf *out, const query *q) {
    for (size_t i = 0; i < q->order_count; i++) {
        const query_order *o = &q->order[i];
        buf_append(out, i == 0 ? STR(" order ") : STR(", "));
        if (o->related != NULL)
            print_embed(a, out, o->related);
        buf_append(out, o->field->column);
        print_derivation(out, o->derivation);
        if (o->is_descending)
            buf_append(out, STR(" desc"));
    }
}

static void print_query(arena *a, buf *out, const query *q) {
    buf_append(out, q->model->table);
    for (size_t i = 0; i < q->column_count; i++) {
        const query_column *c = &q->columns[i];
        buf_append(out, i == 0 ? STR(": ") : STR(", "));
        if (!str_equal(c->name, c->field->column))
            buf_printf(out, "%.*s=", STR_ARG(c->name));
        buf_append(out, c->field->column);
        print_derivation(out, c->derivation);
    }
    for (size_t i = 0; i < q->embed_count; i++) {
        buf_append(out, i == 0 ? STR(" | ") : STR(", "));
        print_embed(a, out, &q->embeds[i]);
    }
    if (q->where != NULL)
        buf_printf(out, " where %.*s",
                   STR_ARG(tasks_print_filter(a, q->where)));
    print_order(a, out, q);
    if (q->limit != QUERY_NO_LIMIT)
        buf_printf(out, " limit %" PRId64, q->limit);
    if (q->offset > 0)
        buf_printf(out, " offset %" PRId64, q->offset);
}

str shop_print_query(arena *a, const query *q) {
    CLEANUP(buf_free) buf out = buf_new(64 * 1024);
    print_query(a, &out, q);
    return arena_copy(a, buf_str(&out));
}
