/*
 * doctor.h: what the checks of `tenon doctor` share.
 *
 * A check looks at one thing, changes nothing and comes to one finding: what it
 * is like and, where that is not fine, what to do. What a check cannot find out
 * is a finding, too. Checks stand in tables, a group to a file, and are made in
 * their order: the one that opens the database comes before those that ask it.
 *
 * docs/doctor.md explains each check under its name.
 */
#ifndef BIN_DOCTOR_H
#define BIN_DOCTOR_H

#include <sqlite3.h>

#include "bin/command.h"
#include "database/migrate/target.h"
#include "database/postgres/pg_connection.h"

typedef enum doctor_level {
    DOCTOR_FINE,
    DOCTOR_NOTE,    /* to know, not to mend */
    DOCTOR_WARNING, /* works now, and can hurt */
    DOCTOR_WRONG,   /* does not work, or is not safe */
} doctor_level;

typedef struct doctor_finding {
    doctor_level level;
    str sentence;
    str details; /* lines, or empty */
    str advice;  /* what to do, or empty */
} doctor_finding;

/* What is being looked at. What is NULL was not to be had, and a check that
 * needs it is left out: why, another finding tells. */
typedef struct doctor {
    arena *arena; /* the command's */
    command_context *command;
    const config *config;
    engine_kind engine;
    bool is_found;           /* --introspect: there is no schema file */
    const schema *schema;    /* of the file, or of the database as found */
    target *database;        /* or NULL */
    pg_connection *postgres; /* the same database; NULL on SQLite */
    str path;                /* of SQLite's file */
    sqlite3 *lite;           /* the same database; NULL on PostgreSQL */
} doctor;

/* When a check is made: 0 is always. */
enum {
    DOCTOR_HAS_FILE = 1 << 0,     /* the schema is a file's */
    DOCTOR_HAS_SCHEMA = 1 << 1,   /* and it loads */
    DOCTOR_HAS_DATABASE = 1 << 2, /* it can be reached */
    DOCTOR_ON_SQLITE = 1 << 3,
    DOCTOR_ON_POSTGRESQL = 1 << 4,
    DOCTOR_IS_FOUND = 1 << 5, /* a database is served as it is found */
};

typedef struct doctor_check {
    str name;
    str about; /* for the help */
    unsigned when;
    err *(*run)(doctor *d, doctor_finding *out);
    str remedy; /* for an err that has no hint; or empty */
} doctor_check;

typedef struct doctor_group {
    str name;
    const doctor_check *checks;
    size_t count;
} doctor_group;

extern const doctor_group DOCTOR_SCHEMA;
extern const doctor_group DOCTOR_DATABASE;
extern const doctor_group DOCTOR_LITE;
extern const doctor_group DOCTOR_POSTGRES;
extern const doctor_group DOCTOR_ROLES;
extern const doctor_group DOCTOR_AUDIT;
extern const doctor_group DOCTOR_REPLICAS;
extern const doctor_group DOCTOR_FOUND;
extern const doctor_group DOCTOR_SERVER;

/* A list of names that may become long: "A, B and 3 more". */
typedef struct doctor_names {
    str text;
    size_t count;
} doctor_names;

void doctor_name(arena *a, doctor_names *to, str name);
str doctor_names_text(arena *a, const doctor_names *names);

/* Asks PostgreSQL. */
fallible doctor_ask(doctor *d, const char *sql, const str *parameters,
                    size_t count, pg_rows *out);

/* Of the first row. */
str doctor_cell(const pg_rows *rows, size_t column);
bool doctor_flag(const pg_rows *rows, size_t column);
int64_t doctor_number(const pg_rows *rows, size_t column);

#endif
