/*
 * schema_json.h: the resolved schema as a JSON document, for generators and
 * other programs: every name looked up, every default and relation understood.
 *
 * docs/schema-json.md describes the document. It carries a version; a member
 * may be added in the same version, and none changes its meaning.
 */
#ifndef GENERATE_SCHEMA_JSON_H
#define GENERATE_SCHEMA_JSON_H

#include "base/buf.h"
#include "schema/schema.h"

enum { SCHEMA_JSON_VERSION = 1 };

void schema_json_write(buf *out, const schema *s);

#endif
