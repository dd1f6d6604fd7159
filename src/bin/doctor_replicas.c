/* doctor_replicas.c: the servers of DATABASE_REPLICA_URLS. */
#include "bin/doctor.h"

#include <inttypes.h>
#include <time.h>

#include "base/clock.h"

enum { ASK_AGAIN_MS = 20 };

typedef struct replica {
    pg_connection *connection;
    str label;
    doctor_level level;
    str sentence;
} replica;

static void judge(replica *r, doctor_level level, str sentence) {
    r->level = level;
    r->sentence = sentence;
}

static void pause_a_moment(void) {
    struct timespec time = {.tv_nsec = ASK_AGAIN_MS * 1000000L};
    (void)nanosleep(&time, NULL);
}

/* How long until it has what the primary has now, without a look at anybody's
 * clock but ours. */
static err *wait_for(doctor *d, replica *r, str position) {
    static const str ASK =
        STR_INIT("SELECT pg_wal_lsn_diff($1, pg_last_wal_replay_lsn())");
    int64_t most = config_number(d->config, CONFIG_REPLICA_LAG);
    int64_t start = clock_monotonic_us(NULL);
    for (;;) {
        pg_rows rows;
        TRY(pg_connection_query(d->arena, r->connection, ASK, &position, 1,
                                &rows));
        int64_t behind = doctor_number(&rows, 0);
        int64_t waited = (clock_monotonic_us(NULL) - start) / 1000;
        if (behind <= 0)
            judge(r, DOCTOR_FINE,
                  arena_printf(d->arena,
                               "has what the primary has, %" PRId64 " ms later",
                               waited));
        else if (waited >= most)
            judge(r, DOCTOR_WARNING,
                  arena_printf(d->arena,
                               "is %" PRId64 " bytes of log behind, and did "
                               "not catch up within --replica-lag: it takes no "
                               "reads",
                               behind));
        if (behind <= 0 || waited >= most)
            return NULL;
        pause_a_moment();
    }
}

/* Both have one identifier (pg_controldata), unless they are no pair. */
static err *look_at_pair(doctor *d, replica *r, str position) {
    static const char ASK[] = "SELECT pg_is_in_recovery(), system_identifier"
                              " FROM pg_control_system()";
    pg_rows ours;
    pg_rows theirs;
    TRY(doctor_ask(d, ASK, NULL, 0, &ours));
    TRY(pg_connection_query(d->arena, r->connection, str_of(ASK), NULL, 0,
                            &theirs));
    if (!str_equal(doctor_cell(&ours, 1), doctor_cell(&theirs, 1)))
        judge(r, DOCTOR_WRONG, STR("is no copy of this database"));
    else if (!doctor_flag(&theirs, 0))
        judge(r, DOCTOR_WARNING, STR("is no replica: it takes writes itself"));
    else
        return wait_for(d, r, position);
    return NULL;
}

static err *look_at_replica(doctor *d, str url, str position, replica *r) {
    err *e = pg_connection_open(d->arena, url, &r->connection);
    if (e == NULL) {
        r->label = pg_connection_label(r->connection);
        e = look_at_pair(d, r, position);
    }
    pg_connection_close(&r->connection);
    if (e != NULL)
        judge(r, DOCTOR_WARNING, e->message);
    return NULL;
}

static err *look_at_replicas(doctor *d, doctor_finding *out) {
    pg_rows rows;
    database_config place = command_database(d->command);
    if (place.replica_count == 0) {
        out->sentence = STR("none");
        return NULL;
    }
    TRY(doctor_ask(d, "SELECT pg_current_wal_flush_lsn()", NULL, 0, &rows));
    for (size_t i = 0; i < place.replica_count; i++) {
        replica r = {.label = arena_printf(d->arena, "replica %zu", i + 1)};
        TRY(look_at_replica(d, place.replica_urls[i], doctor_cell(&rows, 0),
                            &r));
        out->level = r.level > out->level ? r.level : out->level;
        out->details = arena_printf(d->arena, "%.*s%s%.*s %.*s",
                                    STR_ARG(out->details), i > 0 ? "\n" : "",
                                    STR_ARG(r.label), STR_ARG(r.sentence));
    }
    out->sentence = arena_printf(d->arena, "%zu of DATABASE_REPLICA_URLS",
                                 place.replica_count);
    if (out->level > DOCTOR_FINE)
        out->advice = STR("reads go to the primary meanwhile; look at the "
                          "replica's log and its network");
    return NULL;
}

static const doctor_check CHECKS[] = {
    {.name = STR_INIT("replicas"),
     .about = STR_INIT("they can be reached, and how far behind they are"),
     .when = DOCTOR_ON_POSTGRESQL | DOCTOR_HAS_DATABASE,
     .run = look_at_replicas},
};

const doctor_group DOCTOR_REPLICAS = {STR_INIT("replicas"), CHECKS,
                                      LENGTH(CHECKS)};
