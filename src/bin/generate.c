/* generate.c: what is derived from the schema: `schema dump`, `generate`. */
#include "api/description.h"
#include "bin/command.h"
#include "generate/json_schema.h"
#include "generate/schema_json.h"

err *command_schema_dump(command_context *c) {
    const schema *s = NULL;
    TRY(command_load_schema(c, &s));
    schema_json_write(c->out, s);
    return NULL;
}

err *command_generate_json_schema(command_context *c) {
    const schema *s = NULL;
    TRY(command_load_schema(c, &s));
    return json_schema_write(c->arena, c->out, s);
}

/* The one that a server of this schema hands out. */
err *command_generate_openapi(command_context *c) {
    const schema *s = NULL;
    TRY(command_load_schema(c, &s));
    app application = {.schema = s};
    description d = description_new(c->arena, &application);
    buf_append(c->out, description_openapi(&d));
    return NULL;
}
