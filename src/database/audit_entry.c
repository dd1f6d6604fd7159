#include "database/audit_entry.h"

#include <inttypes.h>

#include "base/hex.h"
#include "database/audit_row.h"
#include "database/sql.h"

static const str KINDS[] = {
    [AUDIT_ENTRY_SEAL] = STR_INIT("seal"),
    [AUDIT_ENTRY_PRUNE] = STR_INIT("prune"),
    [AUDIT_ENTRY_KIND_COUNT] = STR_INIT("?"),
};

const str AUDIT_ENTRY_NO_HASH = STR_INIT("00000000000000000000000000000000"
                                         "00000000000000000000000000000000");

/* ---- Content ------------------------------------------------------------ */

static str number_text(arena *a, int64_t n) {
    return arena_printf(a, "%" PRId64, n);
}

static str content_of(arena *a, const audit_entry *e) {
    const str parts[] = {
        STR("tenon audit entry 1"),
        number_text(a, e->number),
        KINDS[e->kind],
        e->previous,
        e->sealed_at,
        number_text(a, e->first_row),
        number_text(a, e->row_count),
        e->last_place,
        e->root,
        e->pruned,
        e->key_id,
    };
    CLEANUP(buf_free) buf out = buf_new(SIZE_MAX);
    for (size_t i = 0; i < LENGTH(parts); i++)
        audit_row_add(&out, parts[i]);
    return arena_copy(a, buf_str(&out));
}

str audit_entry_hash(arena *a, const audit_entry *e) {
    return sha256_hex(a, content_of(a, e));
}

static str hex_of(arena *a, const unsigned char *bytes, size_t count) {
    char *text = arena_alloc(a, 2 * count, 1);
    char *to = text;
    for (size_t i = 0; i < count; i++)
        to = hex_put(to, bytes[i]);
    return (str){text, 2 * count};
}

err *audit_entry_seal(arena *a, const audit_key *k, const audit_entry *previous,
                      audit_entry *e) {
    unsigned char signature[ED25519_SIGNATURE_BYTES];
    e->number = previous->number + 1;
    e->previous = previous->number > 0 ? previous->hash : AUDIT_ENTRY_NO_HASH;
    if (k->can_sign)
        e->key_id = (str){k->publics[0].id, AUDIT_KEY_ID_LENGTH};
    str content = content_of(a, e);
    e->hash = sha256_hex(a, content);
    if (!k->can_sign)
        return NULL;
    TRY(ed25519_sign(a, &k->seed, content, signature));
    e->signature = hex_of(a, signature, sizeof signature);
    return NULL;
}

err *audit_entry_verify(arena *a, const audit_key *k, const audit_entry *e,
                        audit_signature *out) {
    bool is_good = false;
    str signature;
    *out = AUDIT_UNSIGNED;
    if (e->key_id.ptr == NULL && e->signature.ptr == NULL)
        return NULL;
    const audit_public_key *by = audit_key_find(k, e->key_id);
    *out = AUDIT_UNKNOWN_KEY;
    if (by == NULL)
        return NULL;
    *out = AUDIT_BAD_SIGNATURE;
    if (!hex_decode(a, e->signature, &signature))
        return NULL;
    TRY(ed25519_verify(a, &by->key, content_of(a, e), signature, &is_good));
    *out = is_good ? AUDIT_SIGNED : AUDIT_BAD_SIGNATURE;
    return NULL;
}

audit_head audit_entry_head(const audit_entry *e) {
    audit_head head = {.number = e->number};
    if (e->hash.len == sizeof head.hash)
        memcpy(head.hash, e->hash.ptr, sizeof head.hash);
    return head;
}

/* ---- The table ---------------------------------------------------------- */

static bool is_lite(const target *t) {
    return target_engine(t) == ENGINE_SQLITE;
}

static str table_of(const target *t) {
    return is_lite(t) ? STR("tenon_audit_seal") : STR("tenon.audit_seal");
}

/* Bytes as a parameter, and how the statement takes them: SQLite (3.40) reads
 * no digits. */
static err *bytes_parameter(arena *a, const target *t, str digits, str *out) {
    *out = digits;
    if (!is_lite(t) || digits.ptr == NULL)
        return NULL;
    if (!hex_decode(a, digits, out))
        return err_new(a, ERR_INTERNAL, "these are no hexadecimal digits");
    return NULL;
}

typedef enum seal_column {
    NUMBER,
    KIND,
    PREVIOUS,
    SEALED_AT,
    FIRST_ROW,
    ROW_COUNT,
    LAST_PLACE,
    ROOT,
    PRUNED,
    KEY_ID,
    SIGNATURE,
    HASH,
    ROW_HASHES,
    COLUMN_COUNT,
} seal_column;

static const struct column {
    const char *name;
    bool is_bytes;
    const char *cast; /* PostgreSQL's */
} COLUMNS[COLUMN_COUNT] = {
    [NUMBER] = {"number", false, "bigint"},
    [KIND] = {"kind", false, "text"},
    [PREVIOUS] = {"previous", true, NULL},
    [SEALED_AT] = {"sealed_at", false, "timestamptz"},
    [FIRST_ROW] = {"first_row", false, "bigint"},
    [ROW_COUNT] = {"row_count", false, "bigint"},
    [LAST_PLACE] = {"last_place", false, "text"},
    [ROOT] = {"root", true, NULL},
    [PRUNED] = {"pruned", false, "text"},
    [KEY_ID] = {"key_id", false, "text"},
    [SIGNATURE] = {"signature", true, NULL},
    [HASH] = {"hash", true, NULL},
    [ROW_HASHES] = {"row_hashes", true, NULL},
};

static void write_parameter(buf *sql, const target *t, size_t i) {
    const struct column *c = &COLUMNS[i];
    if (c->is_bytes && is_lite(t))
        buf_printf(sql, "CAST($%zu AS BLOB)", i + 1);
    else if (c->is_bytes)
        buf_printf(sql, "decode($%zu, 'hex')", i + 1);
    else
        buf_printf(sql, is_lite(t) ? "$%zu" : "$%zu::%s", i + 1, c->cast);
}

err *audit_entry_insert(arena *a, target *t, const audit_entry *e) {
    CLEANUP(buf_free) buf sql = buf_new(SQL_MAX);
    target_rows none;
    str parameters[COLUMN_COUNT] = {
        [NUMBER] = number_text(a, e->number),
        [KIND] = KINDS[e->kind],
        [PREVIOUS] = e->previous,
        [SEALED_AT] = e->sealed_at,
        [FIRST_ROW] = number_text(a, e->first_row),
        [ROW_COUNT] = number_text(a, e->row_count),
        [LAST_PLACE] = e->last_place,
        [ROOT] = e->root,
        [PRUNED] = e->pruned,
        [KEY_ID] = e->key_id,
        [SIGNATURE] = e->signature,
        [HASH] = e->hash,
        [ROW_HASHES] = e->row_hashes,
    };
    buf_printf(&sql, "INSERT INTO %.*s (", STR_ARG(table_of(t)));
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        buf_printf(&sql, "%s%s", i > 0 ? ", " : "", COLUMNS[i].name);
    buf_append(&sql, STR(") VALUES ("));
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        buf_append(&sql, i > 0 ? STR(", ") : STR(""));
        write_parameter(&sql, t, i);
        if (COLUMNS[i].is_bytes)
            TRY(bytes_parameter(a, t, parameters[i], &parameters[i]));
    }
    buf_append_char(&sql, ')');
    return target_query(a, t, buf_str(&sql), parameters, COLUMN_COUNT, &none);
}

static void write_column(buf *sql, const target *t, size_t i) {
    const char *name = COLUMNS[i].name;
    if (COLUMNS[i].is_bytes && is_lite(t))
        buf_printf(sql, "iif(%s IS NULL, NULL, lower(hex(%s)))", name, name);
    else if (COLUMNS[i].is_bytes)
        buf_printf(sql, "encode(%s, 'hex')", name);
    else if (i == SEALED_AT && !is_lite(t))
        buf_printf(sql,
                   "to_char(%s AT TIME ZONE 'UTC',"
                   " 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"+00:00\"')",
                   name);
    else
        buf_append(sql, str_of(name));
}

static audit_entry_kind kind_of(str name) {
    audit_entry_kind kind = AUDIT_ENTRY_SEAL;
    while (kind < AUDIT_ENTRY_KIND_COUNT && !str_equal(KINDS[kind], name))
        kind++;
    return kind;
}

static int64_t number_of(str text) {
    int64_t n = 0;
    return str_parse_int64(text, &n) ? n : 0;
}

static audit_entry entry_of(const target_rows *rows, size_t row) {
    return (audit_entry){
        .number = number_of(target_cell(rows, row, NUMBER)),
        .kind = kind_of(target_cell(rows, row, KIND)),
        .previous = target_cell(rows, row, PREVIOUS),
        .sealed_at = target_cell(rows, row, SEALED_AT),
        .first_row = number_of(target_cell(rows, row, FIRST_ROW)),
        .row_count = number_of(target_cell(rows, row, ROW_COUNT)),
        .last_place = target_cell(rows, row, LAST_PLACE),
        .root = target_cell(rows, row, ROOT),
        .pruned = target_cell(rows, row, PRUNED),
        .key_id = target_cell(rows, row, KEY_ID),
        .signature = target_cell(rows, row, SIGNATURE),
        .hash = target_cell(rows, row, HASH),
        .row_hashes = target_cell(rows, row, ROW_HASHES),
    };
}

static void write_select(buf *sql, const target *t, bool has_row_hashes) {
    buf_append(sql, STR("SELECT "));
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        buf_append(sql, i > 0 ? STR(", ") : STR(""));
        if (i == ROW_HASHES && !has_row_hashes)
            buf_append(sql, STR("NULL"));
        else
            write_column(sql, t, i);
    }
    buf_printf(sql, " FROM %.*s", STR_ARG(table_of(t)));
}

static err *ask(arena *a, target *t, const buf *sql, target_rows *out) {
    err *e = target_query(a, t, buf_str(sql), NULL, 0, out);
    if (e == NULL || e->code != ERR_UNKNOWN_TABLE)
        return e;
    return err_with_hint(err_new(a, ERR_NOT_FOUND,
                                 "the database %.*s has no seals of an audit"
                                 " log",
                                 STR_ARG(target_label(t))),
                         STR("'tenon push' and 'tenon serve' make the table"));
}

static err *find_newest(arena *a, target *t, const char *where,
                        audit_entry *out) {
    CLEANUP(buf_free) buf sql = buf_new(SQL_MAX);
    target_rows rows;
    write_select(&sql, t, false);
    buf_printf(&sql, "%s ORDER BY number DESC LIMIT 1", where);
    TRY(ask(a, t, &sql, &rows));
    *out = rows.row_count > 0 ? entry_of(&rows, 0) : (audit_entry){0};
    return NULL;
}

err *audit_entry_newest(arena *a, target *t, audit_entry *out,
                        audit_entry *seal) {
    TRY(find_newest(a, t, "", out));
    if (out->number == 0 || out->kind == AUDIT_ENTRY_SEAL) {
        *seal = *out;
        return NULL;
    }
    return find_newest(a, t, " WHERE kind = 'seal'", seal);
}

err *audit_entry_before(arena *a, target *t, int64_t number,
                        audit_entry *seal) {
    str where =
        arena_printf(a, " WHERE kind = 'seal' AND number < %" PRId64, number);
    return find_newest(a, t, arena_cstr(a, where), seal);
}

err *audit_entry_list(arena *a, target *t, const audit_entry_wanted *wanted,
                      audit_entries *out) {
    CLEANUP(buf_free) buf sql = buf_new(SQL_MAX);
    target_rows rows;
    write_select(&sql, t, wanted->has_row_hashes);
    buf_printf(&sql, " WHERE number > %" PRId64, wanted->behind);
    if (wanted->kind != AUDIT_ENTRY_KIND_COUNT)
        buf_printf(&sql, " AND kind = '%.*s'", STR_ARG(KINDS[wanted->kind]));
    if (wanted->are_whole)
        buf_append(&sql, STR(" AND row_hashes IS NOT NULL"));
    buf_printf(&sql, " ORDER BY number LIMIT %zu", wanted->most);
    TRY(ask(a, t, &sql, &rows));
    audit_entry *items = arena_new_array(a, audit_entry, rows.row_count);
    for (size_t i = 0; i < rows.row_count; i++)
        items[i] = entry_of(&rows, i);
    *out = (audit_entries){items, rows.row_count};
    return NULL;
}

err *audit_entry_forget_rows(arena *a, target *t, int64_t number) {
    target_rows none;
    str sql = arena_printf(
        a, "UPDATE %.*s SET row_hashes = NULL WHERE number = %" PRId64,
        STR_ARG(table_of(t)), number);
    return target_query(a, t, sql, NULL, 0, &none);
}
