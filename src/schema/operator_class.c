#include "schema/operator_class.h"

#include "base/attr.h"

#define BIT(method) (1U << INDEX_##method)

/* PostgreSQL 15, chapters 70 (Gin), 68 (Gist), 69 (SpGist) and 71 (Brin). */
static const operator_class CLASSES[] = {
    {STR_INIT("ArrayOps"), STR_INIT("array_ops"), BIT(GIN), SCALAR_STRING,
     STR_INIT(""), false, true},
    {STR_INIT("JsonbOps"), STR_INIT("jsonb_ops"), BIT(GIN), SCALAR_JSON,
     STR_INIT("JsonB"), true, false},
    {STR_INIT("JsonbPathOps"), STR_INIT("jsonb_path_ops"), BIT(GIN),
     SCALAR_JSON, STR_INIT("JsonB"), true, false},
    {STR_INIT("InetOps"), STR_INIT("inet_ops"), BIT(GIST) | BIT(SPGIST),
     SCALAR_STRING, STR_INIT("Inet"), false, false},
    {STR_INIT("TextOps"), STR_INIT("text_ops"), BIT(SPGIST), SCALAR_STRING,
     STR_INIT("Text"), true, false},
    {STR_INIT("BitMinMaxOps"), STR_INIT("bit_minmax_ops"), BIT(BRIN),
     SCALAR_STRING, STR_INIT("Bit"), false, false},
    {STR_INIT("VarBitMinMaxOps"), STR_INIT("varbit_minmax_ops"), BIT(BRIN),
     SCALAR_STRING, STR_INIT("VarBit"), false, false},
    {STR_INIT("BpcharBloomOps"), STR_INIT("bpchar_bloom_ops"), BIT(BRIN),
     SCALAR_STRING, STR_INIT("Char"), false, false},
    {STR_INIT("BpcharMinMaxOps"), STR_INIT("bpchar_minmax_ops"), BIT(BRIN),
     SCALAR_STRING, STR_INIT("Char"), false, false},
    {STR_INIT("ByteaBloomOps"), STR_INIT("bytea_bloom_ops"), BIT(BRIN),
     SCALAR_BYTES, STR_INIT("ByteA"), true, false},
    {STR_INIT("ByteaMinMaxOps"), STR_INIT("bytea_minmax_ops"), BIT(BRIN),
     SCALAR_BYTES, STR_INIT("ByteA"), true, false},
    {STR_INIT("DateBloomOps"), STR_INIT("date_bloom_ops"), BIT(BRIN),
     SCALAR_DATETIME, STR_INIT("Date"), false, false},
    {STR_INIT("DateMinMaxOps"), STR_INIT("date_minmax_ops"), BIT(BRIN),
     SCALAR_DATETIME, STR_INIT("Date"), false, false},
    {STR_INIT("DateMinMaxMultiOps"), STR_INIT("date_minmax_multi_ops"),
     BIT(BRIN), SCALAR_DATETIME, STR_INIT("Date"), false, false},
    {STR_INIT("Float4BloomOps"), STR_INIT("float4_bloom_ops"), BIT(BRIN),
     SCALAR_FLOAT, STR_INIT("Real"), false, false},
    {STR_INIT("Float4MinMaxOps"), STR_INIT("float4_minmax_ops"), BIT(BRIN),
     SCALAR_FLOAT, STR_INIT("Real"), false, false},
    {STR_INIT("Float4MinMaxMultiOps"), STR_INIT("float4_minmax_multi_ops"),
     BIT(BRIN), SCALAR_FLOAT, STR_INIT("Real"), false, false},
    {STR_INIT("Float8BloomOps"), STR_INIT("float8_bloom_ops"), BIT(BRIN),
     SCALAR_FLOAT, STR_INIT("DoublePrecision"), true, false},
    {STR_INIT("Float8MinMaxOps"), STR_INIT("float8_minmax_ops"), BIT(BRIN),
     SCALAR_FLOAT, STR_INIT("DoublePrecision"), true, false},
    {STR_INIT("Float8MinMaxMultiOps"), STR_INIT("float8_minmax_multi_ops"),
     BIT(BRIN), SCALAR_FLOAT, STR_INIT("DoublePrecision"), true, false},
    {STR_INIT("InetInclusionOps"), STR_INIT("inet_inclusion_ops"), BIT(BRIN),
     SCALAR_STRING, STR_INIT("Inet"), false, false},
    {STR_INIT("InetBloomOps"), STR_INIT("inet_bloom_ops"), BIT(BRIN),
     SCALAR_STRING, STR_INIT("Inet"), false, false},
    {STR_INIT("InetMinMaxOps"), STR_INIT("inet_minmax_ops"), BIT(BRIN),
     SCALAR_STRING, STR_INIT("Inet"), false, false},
    {STR_INIT("InetMinMaxMultiOps"), STR_INIT("inet_minmax_multi_ops"),
     BIT(BRIN), SCALAR_STRING, STR_INIT("Inet"), false, false},
    {STR_INIT("Int2BloomOps"), STR_INIT("int2_bloom_ops"), BIT(BRIN),
     SCALAR_INT, STR_INIT("SmallInt"), false, false},
    {STR_INIT("Int2MinMaxOps"), STR_INIT("int2_minmax_ops"), BIT(BRIN),
     SCALAR_INT, STR_INIT("SmallInt"), false, false},
    {STR_INIT("Int2MinMaxMultiOps"), STR_INIT("int2_minmax_multi_ops"),
     BIT(BRIN), SCALAR_INT, STR_INIT("SmallInt"), false, false},
    {STR_INIT("Int4BloomOps"), STR_INIT("int4_bloom_ops"), BIT(BRIN),
     SCALAR_INT, STR_INIT("Integer"), true, false},
    {STR_INIT("Int4MinMaxOps"), STR_INIT("int4_minmax_ops"), BIT(BRIN),
     SCALAR_INT, STR_INIT("Integer"), true, false},
    {STR_INIT("Int4MinMaxMultiOps"), STR_INIT("int4_minmax_multi_ops"),
     BIT(BRIN), SCALAR_INT, STR_INIT("Integer"), true, false},
    {STR_INIT("Int8BloomOps"), STR_INIT("int8_bloom_ops"), BIT(BRIN),
     SCALAR_BIGINT, STR_INIT("BigInt"), true, false},
    {STR_INIT("Int8MinMaxOps"), STR_INIT("int8_minmax_ops"), BIT(BRIN),
     SCALAR_BIGINT, STR_INIT("BigInt"), true, false},
    {STR_INIT("Int8MinMaxMultiOps"), STR_INIT("int8_minmax_multi_ops"),
     BIT(BRIN), SCALAR_BIGINT, STR_INIT("BigInt"), true, false},
    {STR_INIT("NumericBloomOps"), STR_INIT("numeric_bloom_ops"), BIT(BRIN),
     SCALAR_DECIMAL, STR_INIT("Decimal"), true, false},
    {STR_INIT("NumericMinMaxOps"), STR_INIT("numeric_minmax_ops"), BIT(BRIN),
     SCALAR_DECIMAL, STR_INIT("Decimal"), true, false},
    {STR_INIT("NumericMinMaxMultiOps"), STR_INIT("numeric_minmax_multi_ops"),
     BIT(BRIN), SCALAR_DECIMAL, STR_INIT("Decimal"), true, false},
    {STR_INIT("OidBloomOps"), STR_INIT("oid_bloom_ops"), BIT(BRIN), SCALAR_INT,
     STR_INIT("Oid"), false, false},
    {STR_INIT("OidMinMaxOps"), STR_INIT("oid_minmax_ops"), BIT(BRIN),
     SCALAR_INT, STR_INIT("Oid"), false, false},
    {STR_INIT("OidMinMaxMultiOps"), STR_INIT("oid_minmax_multi_ops"), BIT(BRIN),
     SCALAR_INT, STR_INIT("Oid"), false, false},
    {STR_INIT("TextBloomOps"), STR_INIT("text_bloom_ops"), BIT(BRIN),
     SCALAR_STRING, STR_INIT("Text"), true, false},
    {STR_INIT("TextMinMaxOps"), STR_INIT("text_minmax_ops"), BIT(BRIN),
     SCALAR_STRING, STR_INIT("Text"), true, false},
    {STR_INIT("TimestampBloomOps"), STR_INIT("timestamp_bloom_ops"), BIT(BRIN),
     SCALAR_DATETIME, STR_INIT("Timestamp"), true, false},
    {STR_INIT("TimestampMinMaxOps"), STR_INIT("timestamp_minmax_ops"),
     BIT(BRIN), SCALAR_DATETIME, STR_INIT("Timestamp"), true, false},
    {STR_INIT("TimestampMinMaxMultiOps"),
     STR_INIT("timestamp_minmax_multi_ops"), BIT(BRIN), SCALAR_DATETIME,
     STR_INIT("Timestamp"), true, false},
    {STR_INIT("TimestampTzBloomOps"), STR_INIT("timestamptz_bloom_ops"),
     BIT(BRIN), SCALAR_DATETIME, STR_INIT("Timestamptz"), false, false},
    {STR_INIT("TimestampTzMinMaxOps"), STR_INIT("timestamptz_minmax_ops"),
     BIT(BRIN), SCALAR_DATETIME, STR_INIT("Timestamptz"), false, false},
    {STR_INIT("TimestampTzMinMaxMultiOps"),
     STR_INIT("timestamptz_minmax_multi_ops"), BIT(BRIN), SCALAR_DATETIME,
     STR_INIT("Timestamptz"), false, false},
    {STR_INIT("TimeBloomOps"), STR_INIT("time_bloom_ops"), BIT(BRIN),
     SCALAR_DATETIME, STR_INIT("Time"), false, false},
    {STR_INIT("TimeMinMaxOps"), STR_INIT("time_minmax_ops"), BIT(BRIN),
     SCALAR_DATETIME, STR_INIT("Time"), false, false},
    {STR_INIT("TimeMinMaxMultiOps"), STR_INIT("time_minmax_multi_ops"),
     BIT(BRIN), SCALAR_DATETIME, STR_INIT("Time"), false, false},
    {STR_INIT("TimeTzBloomOps"), STR_INIT("timetz_bloom_ops"), BIT(BRIN),
     SCALAR_DATETIME, STR_INIT("Timetz"), false, false},
    {STR_INIT("TimeTzMinMaxOps"), STR_INIT("timetz_minmax_ops"), BIT(BRIN),
     SCALAR_DATETIME, STR_INIT("Timetz"), false, false},
    {STR_INIT("TimeTzMinMaxMultiOps"), STR_INIT("timetz_minmax_multi_ops"),
     BIT(BRIN), SCALAR_DATETIME, STR_INIT("Timetz"), false, false},
    {STR_INIT("UuidBloomOps"), STR_INIT("uuid_bloom_ops"), BIT(BRIN),
     SCALAR_STRING, STR_INIT("Uuid"), false, false},
    {STR_INIT("UuidMinMaxOps"), STR_INIT("uuid_minmax_ops"), BIT(BRIN),
     SCALAR_STRING, STR_INIT("Uuid"), false, false},
    {STR_INIT("UuidMinMaxMultiOps"), STR_INIT("uuid_minmax_multi_ops"),
     BIT(BRIN), SCALAR_STRING, STR_INIT("Uuid"), false, false},
};

const operator_class *operator_class_find(str name) {
    for (size_t i = 0; i < LENGTH(CLASSES); i++) {
        if (str_equal(name, CLASSES[i].name))
            return &CLASSES[i];
    }
    return NULL;
}

const operator_class *operator_class_find_sql(str sql, index_method method) {
    for (size_t i = 0; i < LENGTH(CLASSES); i++) {
        if (str_equal(sql, CLASSES[i].sql) &&
            (CLASSES[i].methods & 1U << method) != 0)
            return &CLASSES[i];
    }
    return NULL;
}

const operator_class *operator_classes(size_t *count) {
    *count = LENGTH(CLASSES);
    return CLASSES;
}
