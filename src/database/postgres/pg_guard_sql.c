/*
 * pg_guard_sql.c: mostly PL/pgSQL. What every function of it and of
 * pg_recording_sql.c keeps to:
 *
 * - The search path is pinned, temporary tables last, so that no object of
 *   somebody else is called by a name that we mean.
 * - Functions that run with their owner's rights (SECURITY DEFINER) are not
 *   for everybody to call or to make triggers of.
 * - A partition has the row triggers of its parent. It gets none of its own,
 *   and those that it brought when it was attached keep still.
 */
#include "database/postgres/pg_guard_sql.h"

#include "base/buf.h"
#include "base/sha256.h"
#include "database/postgres/pg_recording_sql.h"
#include "database/sql.h"

/* Arguments: the column of the creation and the one of the last change, each
 * may be empty. Who sets a column is believed. */
static const char TOUCH[] =
    "CREATE OR REPLACE FUNCTION tenon.touch() RETURNS trigger\n"
    "LANGUAGE plpgsql SET timezone = 'UTC'\n"
    "SET search_path = pg_catalog, pg_temp AS $$\n"
    "DECLARE\n"
    "    is_set boolean := false;\n"
    "    now_row jsonb := to_jsonb(NEW);\n"
    "    touched jsonb := '{}';\n"
    "    moment jsonb := to_jsonb(clock_timestamp());\n"
    "BEGIN\n"
    "    IF TG_OP = 'UPDATE' THEN\n"
    "        is_set := now_row -> TG_ARGV[1]"
    " IS DISTINCT FROM to_jsonb(OLD) -> TG_ARGV[1];\n"
    "        IF TG_ARGV[1] <> '' AND NOT is_set THEN\n"
    "            touched := jsonb_build_object(TG_ARGV[1], moment);\n"
    "        END IF;\n"
    "    ELSE\n"
    "        SELECT coalesce(jsonb_object_agg(name, moment), '{}')"
    " INTO touched\n"
    "        FROM unnest(TG_ARGV) AS name\n"
    "        WHERE name <> '' AND now_row ->> name IS NULL;\n"
    "    END IF;\n"
    "    RETURN jsonb_populate_record(NEW, touched);\n"
    "END\n"
    "$$;\n"
    "REVOKE ALL ON FUNCTION tenon.touch() FROM PUBLIC;\n";

/* As secret_name.h has it: a table that no schema file has, and a column that
 * somebody added to one that it has, may hold secrets, too. */
static const char SECRET_NAME[] =
    "CREATE OR REPLACE FUNCTION tenon.is_secret_name(name text)"
    " RETURNS boolean\n"
    "LANGUAGE sql IMMUTABLE AS $$\n"
    "    SELECT w !~ '_(id|at|type|count|name|kind)$' AND w ~ (\n"
    "        '_([a-z0-9]*(password|passwd|secret|apikey)|password[a-z0-9]*'\n"
    "        '|passphrase|passcode|pwd|secrets|credentials?'\n"
    "        '|cvv|cvc|t?otp)(_|$)'\n"
    "        '|_([a-z0-9]*tokens?|jwt)(_(hash|digest|encrypted|value))?$'\n"
    "        '|_(api|private|access|signing|encryption|auth)_keys?(_|$)')\n"
    "    FROM (SELECT '_' || lower(regexp_replace(regexp_replace(\n"
    "        regexp_replace(name, '([a-z0-9])([A-Z])', '\\1_\\2', 'g'),\n"
    "        '([A-Z])([A-Z][a-z])', '\\1_\\2', 'g'),\n"
    "        '[^A-Za-z0-9]+', '_', 'g')) AS w) AS words\n"
    "$$;\n"
    "REVOKE ALL ON FUNCTION tenon.is_secret_name(text) FROM PUBLIC;\n";

/* is_known: the schema file has the table. NULL: whoever asks cannot know, and
 * what is known of it stays.
 *
 * Makes triggers only where they are missing or have other arguments, because
 * that locks the table. A partitioned table's have a name of their own: it
 * becomes that of each partition's, which may have triggers already. */
static const char GUARD_TABLE[] =
    "DROP FUNCTION IF EXISTS"
    " tenon.guard_table(oid, text, text, text[], boolean);\n"
    "CREATE OR REPLACE FUNCTION tenon.guard_table(relation oid, role text,\n"
    "    model text, mode text, identity text[], hidden text[],\n"
    "    is_known boolean) RETURNS void\n"
    "LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$\n"
    "DECLARE\n"
    "    target record;\n"
    "    wanted record;\n"
    "    found_name name;\n"
    "    found_arguments bytea;\n"
    "BEGIN\n"
    "    SELECT format('%I.%I', n.nspname, c.relname) AS path,\n"
    "        CASE n.nspname WHEN 'public' THEN c.relname::text\n"
    "            ELSE n.nspname || '.' || c.relname END AS name,\n"
    "        CASE c.relkind WHEN 'p'\n"
    "            THEN '_' || left(md5(relation::text), 8) ELSE '' END AS "
    "ending,\n"
    "        split_part(encode(g.tgargs, 'escape'), '\\000', 2) = 'schema'\n"
    "            AS was_known INTO target\n"
    "    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace\n"
    "        LEFT JOIN pg_trigger g ON g.tgrelid = c.oid AND g.tgtype & 1 = 1\n"
    "            AND g.tgfoid = 'tenon.audit()'::regprocedure\n"
    "    WHERE c.oid = relation AND c.relkind IN ('r', 'p')\n"
    "        AND NOT c.relispartition AND c.relpersistence <> 't'\n"
    "        AND c.relname !~ '^(_prisma_|_tenon_|_litestream_|_cf_)'\n"
    "        AND NOT EXISTS (SELECT FROM pg_depend d\n"
    "            WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid\n"
    "            AND d.deptype = 'e');\n"
    "    IF NOT FOUND OR is_known IS NULL AND target.was_known THEN\n"
    "        RETURN;\n"
    "    END IF;\n";

static const char GUARD_TRIGGERS[] =
    "    FOR wanted IN\n"
    "        WITH stamp AS (\n"
    "            SELECT min(attname) FILTER (WHERE attname IN"
    " ('created_at', 'createdAt')) AS made,\n"
    "                min(attname) FILTER (WHERE attname IN"
    " ('updated_at', 'updatedAt')) AS changed\n"
    "            FROM pg_attribute WHERE attrelid = relation AND attnum > 0\n"
    "                AND NOT attisdropped AND attgenerated = ''\n"
    "                AND atttypid IN ('timestamp'::regtype,"
    " 'timestamptz'::regtype)\n"
    "                AND is_known IS NOT TRUE\n"
    "        ), secret AS (\n"
    "            SELECT coalesce(array_agg(attname::text ORDER BY attnum),\n"
    "                '{}') AS names\n"
    "            FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid\n"
    "            WHERE a.attrelid = relation AND a.attnum > 0\n"
    "                AND NOT a.attisdropped\n"
    "                AND t.typcategory NOT IN ('B', 'D', 'E', 'N', 'T')\n"
    "                AND attname <> ALL (hidden)\n"
    "                AND tenon.is_secret_name(attname)\n"
    "        ), kind AS (\n"
    "            SELECT 'tenon_audit' || target.ending AS name,\n"
    "                'AFTER INSERT OR UPDATE OR DELETE' AS event,"
    " 'ROW' AS level,\n"
    "                'tenon.audit()'::regprocedure AS function,\n"
    "                true AS is_wanted,\n"
    "                ARRAY[role, CASE WHEN is_known THEN 'schema'"
    " ELSE 'found' END,\n"
    "                    coalesce(model, target.name),"
    " coalesce(mode, 'full'),\n"
    "                    cardinality(identity)::text] || identity || hidden"
    " || names AS arguments\n"
    "            FROM secret\n"
    "            UNION ALL SELECT 'tenon_audit_truncate', 'AFTER TRUNCATE',"
    " 'STATEMENT',\n"
    "                'tenon.audit()', true,\n"
    "                ARRAY[role, 'found', coalesce(model, target.name),\n"
    "                    coalesce(mode, 'full'), '0']\n"
    "            UNION ALL SELECT 'tenon_guard_touch' || target.ending,\n"
    "                'BEFORE INSERT OR UPDATE', 'ROW', 'tenon.touch()',\n"
    "                coalesce(made, changed) IS NOT NULL,\n"
    "                ARRAY[coalesce(made::text, ''),"
    " coalesce(changed::text, '')]\n"
    "            FROM stamp\n"
    "        )\n"
    "        SELECT kind.*, (SELECT string_agg(quote_literal(x), ', '"
    " ORDER BY n)\n"
    "            FROM unnest(arguments) WITH ORDINALITY AS u(x, n)) AS list,\n"
    "            (SELECT string_agg(convert_to(x, getdatabaseencoding())"
    " || '\\x00'::bytea,\n"
    "                ''::bytea ORDER BY n)\n"
    "            FROM unnest(arguments) WITH ORDINALITY AS u(x, n)) AS stored\n"
    "        FROM kind\n"
    "    LOOP\n"
    "        SELECT tgname, tgargs INTO found_name, found_arguments\n"
    "        FROM pg_trigger WHERE tgrelid = relation\n"
    "            AND tgfoid = wanted.function AND tgparentid = 0\n"
    "            AND (tgtype & 1 = 1) = (wanted.level = 'ROW');\n"
    "        CONTINUE WHEN FOUND = wanted.is_wanted\n"
    "            AND (NOT FOUND OR found_arguments = wanted.stored);\n"
    "        IF FOUND THEN\n"
    "            EXECUTE format('DROP TRIGGER %I ON %s', found_name,"
    " target.path);\n"
    "        END IF;\n"
    "        IF wanted.is_wanted THEN\n"
    "            EXECUTE format('CREATE TRIGGER %I %s ON %s FOR EACH %s'\n"
    "                ' EXECUTE FUNCTION %s(%s)', wanted.name, wanted.event,\n"
    "                target.path, wanted.level,\n"
    "                wanted.function::regproc, wanted.list);\n"
    "        END IF;\n"
    "    END LOOP;\n"
    "END\n"
    "$$;\n"
    "REVOKE ALL ON FUNCTION tenon.guard_table(oid, text, text, text, text[],"
    " text[], boolean) FROM PUBLIC;\n";

/* A guard that fails must not stand in the way of the table. Its body holds
 * names, so it is written as a text and not between dollars. */
static const char GUARD_START[] =
    "DECLARE\n"
    "    made record;\n"
    "BEGIN\n"
    "    IF current_setting('tenon.session', true) = 'own' THEN\n"
    "        RETURN;\n"
    "    END IF;\n"
    "    FOR made IN SELECT DISTINCT c.oid\n"
    "        FROM pg_event_trigger_ddl_commands() AS d\n"
    "            JOIN pg_class c ON c.oid = d.objid\n"
    "                AND d.classid = 'pg_class'::regclass\n"
    "            JOIN pg_namespace n ON n.oid = c.relnamespace\n"
    "        WHERE NOT d.in_extension AND n.nspname = ANY (";

static const char GUARD_END[] =
    ", NULL, NULL, '{}', '{}', NULL);\n"
    "        EXCEPTION WHEN OTHERS THEN\n"
    "            RAISE WARNING 'table % is not guarded: %',\n"
    "                made.oid::regclass, SQLERRM;\n"
    "        END;\n"
    "    END LOOP;\n"
    "END\n";

static void write_guard(buf *sql, str schemas, str role) {
    CLEANUP(buf_free) buf body = buf_new(SQL_MAX);
    buf_append(&body, str_of(GUARD_START));
    sql_write_text(&body, schemas);
    buf_append(&body, STR("::text[])\n"
                          "    LOOP\n"
                          "        BEGIN\n"
                          "            PERFORM tenon.guard_table(made.oid, "));
    sql_write_text(&body, role);
    buf_append(&body, str_of(GUARD_END));
    buf_append(sql, STR("CREATE OR REPLACE FUNCTION tenon.guard()"
                        " RETURNS event_trigger\n"
                        "LANGUAGE plpgsql SECURITY DEFINER\n"
                        "SET search_path = pg_catalog, pg_temp AS "));
    sql_write_text(sql, buf_str(&body));
    buf_append(sql, STR(";\nREVOKE ALL ON FUNCTION tenon.guard() FROM "
                        "PUBLIC;\n"));
}

/* What default privileges have given to who serves, and to everybody. Whom
 * somebody else lets read the log may go on. */
static const char PRIVATE[] =
    "DECLARE\n"
    "    given regclass;\n"
    "BEGIN\n"
    "    FOR given IN SELECT oid FROM pg_class\n"
    "        WHERE relnamespace = 'tenon'::regnamespace\n"
    "        AND relname ~ '^(audit_log|audit_seal|event)(_|$)'\n"
    "        AND relkind IN ('r', 'p') AND relacl IS NOT NULL\n"
    "    LOOP\n"
    "        EXECUTE format('REVOKE ALL ON %s FROM %s', given, ";

static void write_private(buf *sql, str role) {
    CLEANUP(buf_free) buf body = buf_new(SQL_MAX);
    CLEANUP(buf_free) buf grantees = buf_new(SQL_MAX);
    buf_append(&grantees, STR("PUBLIC"));
    if (!str_is_empty(role)) {
        buf_append(&grantees, STR(", "));
        sql_write_name(&grantees, role);
    }
    buf_append(&body, str_of(PRIVATE));
    sql_write_text(&body, buf_str(&grantees));
    buf_append(&body, STR(");\n    END LOOP;\nEND\n"));
    buf_append(sql, STR("DO "));
    sql_write_text(sql, buf_str(&body));
    buf_append(sql, STR(";\n"));
}

/* Whoever serves writes as the role, and reads the feed as it. */
static void write_grants(buf *sql, str role) {
    if (str_is_empty(role))
        return;
    buf_append(sql, STR("GRANT USAGE ON SCHEMA tenon TO "));
    sql_write_name(sql, role);
    buf_append(sql, STR(";\nGRANT EXECUTE ON FUNCTION"
                        " tenon.read_events(bigint, integer),"
                        " tenon.record_read(text, text, jsonb) TO "));
    sql_write_name(sql, role);
    buf_append(sql, STR(";\n"));
}

static str functions(arena *a, str schemas, str role) {
    static const char *const PARTS[] = {TOUCH, SECRET_NAME, GUARD_TABLE,
                                        GUARD_TRIGGERS};
    CLEANUP(buf_free) buf sql = buf_new(SQL_MAX);
    pg_recording_sql_write(&sql);
    for (size_t i = 0; i < LENGTH(PARTS); i++)
        buf_append(&sql, str_of(PARTS[i]));
    write_guard(&sql, schemas, role);
    write_private(&sql, role);
    write_grants(&sql, role);
    return arena_copy(a, buf_str(&sql));
}

str pg_guard_sql_mark(arena *a, str schemas, str role) {
    return sha256_hex(a, functions(a, schemas, role));
}

str pg_guard_sql(arena *a, str schemas, str role) {
    str mark = pg_guard_sql_mark(a, schemas, role);
    str sql = functions(a, schemas, role);
    return arena_printf(a, "%.*sCOMMENT ON FUNCTION tenon.guard() IS '%.*s';\n",
                        STR_ARG(sql), STR_ARG(mark));
}
