#include "schema/native_type.h"

#include "base/attr.h"

#define TYPE(name, scalar, sql, suffix)                                        \
    { STR_INIT(name), STR_INIT(sql), STR_INIT(suffix), scalar, 0, 0, 0 }
#define SIZED(name, scalar, sql, suffix, most, lowest, highest)                \
    {                                                                          \
        STR_INIT(name), STR_INIT(sql), STR_INIT(suffix), scalar, most, lowest, \
            highest                                                            \
    }

/* PostgreSQL 15, chapter 8; the limits are those of its sources' messages. */
static const native_type_spec SPECS[] = {
    TYPE("SmallInt", SCALAR_INT, "smallint", ""),
    TYPE("Integer", SCALAR_INT, "integer", ""),
    TYPE("Oid", SCALAR_INT, "oid", ""),
    TYPE("BigInt", SCALAR_BIGINT, "bigint", ""),
    TYPE("Real", SCALAR_FLOAT, "real", ""),
    TYPE("DoublePrecision", SCALAR_FLOAT, "double precision", ""),
    SIZED("Decimal", SCALAR_DECIMAL, "numeric", "", 2, 1, 1000),
    TYPE("Money", SCALAR_DECIMAL, "money", ""),
    TYPE("Text", SCALAR_STRING, "text", ""),
    SIZED("VarChar", SCALAR_STRING, "character varying", "", 1, 1, 10485760),
    SIZED("Char", SCALAR_STRING, "character", "", 1, 1, 10485760),
    SIZED("Bit", SCALAR_STRING, "bit", "", 1, 1, 83886080),
    SIZED("VarBit", SCALAR_STRING, "bit varying", "", 1, 1, 83886080),
    TYPE("Uuid", SCALAR_STRING, "uuid", ""),
    TYPE("Xml", SCALAR_STRING, "xml", ""),
    TYPE("Inet", SCALAR_STRING, "inet", ""),
    TYPE("Citext", SCALAR_STRING, "citext", ""),
    TYPE("Boolean", SCALAR_BOOLEAN, "boolean", ""),
    SIZED("Timestamp", SCALAR_DATETIME, "timestamp", " without time zone", 1, 0,
          6),
    SIZED("Timestamptz", SCALAR_DATETIME, "timestamp", " with time zone", 1, 0,
          6),
    TYPE("Date", SCALAR_DATETIME, "date", ""),
    SIZED("Time", SCALAR_DATETIME, "time", " without time zone", 1, 0, 6),
    SIZED("Timetz", SCALAR_DATETIME, "time", " with time zone", 1, 0, 6),
    TYPE("Json", SCALAR_JSON, "json", ""),
    TYPE("JsonB", SCALAR_JSON, "jsonb", ""),
    TYPE("ByteA", SCALAR_BYTES, "bytea", ""),
};

const native_type_spec *native_type_find(str name) {
    for (size_t i = 0; i < LENGTH(SPECS); i++) {
        if (str_equal(name, SPECS[i].name))
            return &SPECS[i];
    }
    return NULL;
}

const native_type_spec *native_type_specs(size_t *count) {
    *count = LENGTH(SPECS);
    return SPECS;
}
