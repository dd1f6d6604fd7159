#include "core/job_row.h"

#include "base/timestamp.h"
#include "core/mutation_engine.h"
#include "database/system_schema.h"

const model *job_row_model(const app *application) {
    return system_schema_model(application->system, SYSTEM_JOB);
}

const field *job_row_field(const app *application, job_column column) {
    return job_row_model(application)->columns[column];
}

value job_row_time(arena *a, int64_t ms) {
    char text[TIMESTAMP_LENGTH];
    timestamp_format((timestamp){ms}, text);
    return job_row_text(arena_copy(a, (str){text, sizeof text}));
}

str job_row_read_text(const value *v) {
    return v->kind == VALUE_TEXT ? v->text : (str){0};
}

int64_t job_row_read_int(const value *v) {
    return v->kind == VALUE_INT ? v->integer : 0;
}

int64_t job_row_read_time(const value *v) {
    CLEANUP(arena_release) arena *a = arena_new();
    timestamp t = {0};
    if (v->kind != VALUE_TEXT || timestamp_parse(a, v->text, &t) != NULL)
        return 0;
    return t.ms;
}

err *job_row_look(const caller *c, const model *m, const query_column *columns,
                  size_t count, const filter *where, size_t most,
                  mutation_result *out) {
    const mutation look = {
        .kind = MUTATION_UPDATE,
        .model = m,
        .row_count = 1,
        .where = where,
        .take = most,
        .returning = columns,
        .returning_count = count,
        .max_rows = MUTATION_ANY_COUNT,
        .is_ours = true,
    };
    return mutation_engine_run(c, &look, out);
}
