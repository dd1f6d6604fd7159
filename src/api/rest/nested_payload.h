/*
 * nested_payload.h: objects of a body that have relations in them.
 *
 *     {"title": "x",
 *      "people!assignee_id": {"connect": {"email": "ann@example.com"}},
 *      "comments": {"create": [{"text": "first"}, {"text": "second"}]}}
 *
 * A relation is called as select= calls it: by the other table, with a hint
 * where that is not clear, by the column or the constraint of the foreign key;
 * or, where nothing else is called so, by its field in the schema. Its value is
 * an object of operations (nested_write.h), each of one object or of several in
 * a list:
 *
 *     create           a row
 *     connect          the unique key of a row
 *     connectOrCreate  {"where": key, "create": row}
 *     disconnect       a key; of a relation to one row: true
 *     set              keys: these and no others
 *     update           {"where": key, "data": row}; to one row: the row
 *     upsert           {"where": key, "create": row, "update": row}; to one row
 *                      without where
 *     delete           as disconnect
 *     updateMany       {"where": columns, "data": row}
 *     deleteMany       columns
 */
#ifndef API_REST_NESTED_PAYLOAD_H
#define API_REST_NESTED_PAYLOAD_H

#include "api/rest/rest_request.h"
#include "base/json.h"
#include "core/nested_write.h"

/* Is there a relation in one of the objects? */
bool nested_payload_is(const rest_request *r, const json *rows, size_t count);

/* Reads them all. ERR_BODY, ERR_UNKNOWN_BODY_COLUMN, ERR_UNKNOWN_RELATION,
 * ERR_AMBIGUOUS_RELATION, or why a value does not fit its column. */
fallible nested_payload_read(arena *a, const rest_request *r, const json *rows,
                             size_t count, const nested_row **out);

#endif
