# Every write goes through the mutation engine (core/mutation_engine.h). So
# nobody else calls database_mutate, SQL that writes stands in the files listed
# here, each with what it writes, and no layer above the database talks to an
# engine by itself. Who adds a file says so here, and why it is no second door.
cmake_minimum_required(VERSION 3.25)

# Who may call database_mutate and its siblings.
set(CALLERS
    src/database/database.c # defines them
    src/core/mutation_engine.c # the one door
    src/database/feed.c # calls tenon.read_events, which gives sequences
    src/core/read_record.c # rows of the log about reads, which no mutation asks for
)

# Whose text may write rows.
set(WRITERS
    # What a mutation tree says.
    src/database/sqlite/lite_change.c
    src/database/postgres/pg_change.c
    src/database/postgres/pg_call.c
    # In the transaction of a mutation: its record and its answer.
    src/database/sqlite/lite_recorder.c
    src/database/sqlite/lite_record_tables.c
    src/database/postgres/pg_recording_sql.c
    src/database/postgres/pg_guard_sql.c
    src/database/sqlite/lite_receipt.c
    src/database/postgres/pg_receipt.c
    # Migrations, by whoever owns the tables.
    src/database/migrate/history.c
    src/database/migrate/lite_rebuild.c
    src/database/migrate/pg_plan_columns.c
    src/database/migrate/apply.c # EXPLAIN of such text
    # Tenon's own tables, by commands and by who seals the log.
    src/database/token_store.c
    src/database/job_table.c
    src/database/audit_entry.c
    src/database/audit_prune.c
    src/database/audit_seal.c # of a log that came by a dump
    src/database/event_prune.c)

# Words of such statements in texts that are none: clauses of DDL, messages.
set(SPEAKERS
    src/database/postgres/pg_ddl.c
    src/database/postgres/pg_function.c
    src/database/sqlite/lite_ddl.c
    src/database/sqlite/lite_compare.c
    src/database/state_trigger.c
    src/schema/resolve_function_sql.c
    src/core/merge_keys.c
    src/bin/doctor_roles.c
    src/bin/doctor_audit.c)

set(failed 0)
set(looked 0)

function(complain path what)
  message("${path}: ${what}")
  math(EXPR count "${failed} + 1")
  set(failed ${count} PARENT_SCOPE)
endfunction()

# Comments may speak of anything, and locks and triggers of UPDATE.
function(read_code path out)
  file(READ "${SOURCE}/${path}" text)
  string(REGEX REPLACE "/\\*([^*]|\\*+[^*/])*\\*+/" "" text "${text}")
  string(REGEX REPLACE "(FOR|KEY|ON|DO|OR|BEFORE|AFTER) UPDATE" "" text "${text}")
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

file(GLOB_RECURSE files RELATIVE "${SOURCE}" "${SOURCE}/src/*.c" "${SOURCE}/src/*.def")
foreach(path IN LISTS files)
  read_code("${path}" code)
  math(EXPR looked "${looked} + 1")
  if(code MATCHES "database_mutate(_all|_once)?[ \n]*\\(" AND NOT path IN_LIST CALLERS)
    complain("${path}" "calls database_mutate: only core/mutation_engine.c does")
  endif()
  if(code MATCHES
     "\"[^\"\n]*(INSERT INTO|INSERT OR|REPLACE INTO|DELETE FROM|UPDATE [^\"\n]|MERGE INTO|TRUNCATE )"
     AND NOT path IN_LIST WRITERS AND NOT path IN_LIST SPEAKERS)
    complain("${path}" "has SQL that writes: list it in test/build/one_door_test.cmake")
  endif()
  if(NOT path MATCHES "^src/database/|^src/bin/doctor_lite.c$" AND code MATCHES "sqlite3_(open|exec|prepare|step)|PQ(exec|send)")
    complain("${path}" "talks to an engine: only src/database does, and the doctor, who looks")
  endif()
endforeach()

# What is listed and not there any more would cover somebody else later.
foreach(path IN LISTS CALLERS WRITERS SPEAKERS)
  if(NOT EXISTS "${SOURCE}/${path}")
    complain("${path}" "is listed here and is not there")
  endif()
endforeach()

message("${looked} files, ${failed} with a write outside of the mutation engine")
if(failed OR looked EQUAL 0)
  message(FATAL_ERROR "there is one door for writes")
endif()
