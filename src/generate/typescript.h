/*
 * typescript.h: the REST interface as TypeScript types, for the official client:
 *
 *     createClient<Database>(url, key).from("tasks").select("id, projects(name)")
 *
 * `Database` has for each exposed schema of the database its tables, views,
 * functions and enums, in the shape that @supabase/supabase-js 2 reads. Names
 * are those of REST. What a row has is what the view shows; @omit columns and
 * computed fields are in it, and named as those that `*` leaves out. Foreign
 * keys are those that select embeds by.
 *
 * The same schema gives the same bytes, on either engine.
 */
#ifndef GENERATE_TYPESCRIPT_H
#define GENERATE_TYPESCRIPT_H

#include "base/arena.h"
#include "base/buf.h"
#include "generate/schema_view.h"

/* schemas: the exposed ones, 1 or more; the first is what a client gets that
 * names none, and has the functions. */
void typescript_write(arena *a, buf *out, const schema *s,
                      const schema_view *view, const str *schemas,
                      size_t schema_count);

#endif
