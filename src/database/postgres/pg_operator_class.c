#include "database/postgres/pg_operator_class.h"

#include "base/attr.h"

/* SELECT opcname FROM pg_opclass WHERE opcdefault, PostgreSQL 15 and the
 * extensions that Debian has with it, without those of types that only its
 * catalog uses. Each stands between blanks. */
static const char *const DEFAULTS[] = {
    [INDEX_BTREE] =
        " array_ops bit_ops bool_ops bpchar_ops btree_hstore_ops"
        " bytea_ops char_ops citext_ops date_ops enum_ops float4_ops"
        " float8_ops inet_ops int2_ops int4_ops int8_ops interval_ops"
        " jsonb_ops ltree_ops macaddr8_ops macaddr_ops money_ops"
        " multirange_ops name_ops numeric_ops oid_ops pg_lsn_ops"
        " range_ops text_ops time_ops timestamp_ops timestamptz_ops"
        " timetz_ops tsquery_ops tsvector_ops uuid_ops varbit_ops"
        " xid8_ops ",
    [INDEX_HASH] =
        " array_ops bool_ops bpchar_ops bytea_ops char_ops citext_ops"
        " date_ops enum_ops float4_ops float8_ops hash_hstore_ops"
        " inet_ops int2_ops int4_ops int8_ops interval_ops jsonb_ops"
        " macaddr8_ops macaddr_ops multirange_ops name_ops numeric_ops"
        " oid_ops pg_lsn_ops range_ops text_ops time_ops timestamp_ops"
        " timestamptz_ops timetz_ops uuid_ops xid8_ops ",
    [INDEX_GIN] =
        " array_ops bit_ops bool_ops bpchar_ops bytea_ops char_ops"
        " cidr_ops date_ops enum_ops float4_ops float8_ops"
        " gin_hstore_ops inet_ops int2_ops int4_ops int8_ops"
        " interval_ops jsonb_ops macaddr8_ops macaddr_ops money_ops"
        " name_ops numeric_ops oid_ops text_ops time_ops timestamp_ops"
        " timestamptz_ops timetz_ops tsvector_ops uuid_ops varbit_ops"
        " varchar_ops ",
    [INDEX_GIST] =
        " box_ops circle_ops gist__int_ops gist__ltree_ops gist_bit_ops"
        " gist_bool_ops gist_bpchar_ops gist_bytea_ops gist_cash_ops"
        " gist_cidr_ops gist_date_ops gist_enum_ops gist_float4_ops"
        " gist_float8_ops gist_hstore_ops gist_inet_ops gist_int2_ops"
        " gist_int4_ops gist_int8_ops gist_interval_ops gist_ltree_ops"
        " gist_macaddr8_ops gist_macaddr_ops gist_numeric_ops"
        " gist_oid_ops gist_text_ops gist_time_ops gist_timestamp_ops"
        " gist_timestamptz_ops gist_timetz_ops gist_uuid_ops"
        " gist_vbit_ops multirange_ops point_ops poly_ops range_ops"
        " tsquery_ops tsvector_ops ",
    [INDEX_SPGIST] =
        " box_ops inet_ops poly_ops quad_point_ops range_ops text_ops ",
    [INDEX_BRIN] =
        " bit_minmax_ops box_inclusion_ops bpchar_minmax_ops"
        " bytea_minmax_ops char_minmax_ops date_minmax_ops"
        " float4_minmax_ops float8_minmax_ops inet_inclusion_ops"
        " int2_minmax_ops int4_minmax_ops int8_minmax_ops"
        " interval_minmax_ops macaddr8_minmax_ops macaddr_minmax_ops"
        " name_minmax_ops numeric_minmax_ops oid_minmax_ops"
        " pg_lsn_minmax_ops range_inclusion_ops text_minmax_ops"
        " time_minmax_ops timestamp_minmax_ops timestamptz_minmax_ops"
        " timetz_minmax_ops uuid_minmax_ops varbit_minmax_ops ",
};
_Static_assert(LENGTH(DEFAULTS) == INDEX_METHOD_COUNT, "a row for each method");

bool pg_operator_class_is_default(index_method method, str name) {
    str rest = str_of(DEFAULTS[method]);
    while (!str_is_empty(rest))
        if (str_equal(str_split(&rest, ' '), name))
            return !str_is_empty(name);
    return false;
}
