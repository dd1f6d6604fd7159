/*
 * pg_guard_sql.c: mostly PL/pgSQL. What every function of it keeps to:
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
#include "database/sql.h"

static const char LOG[] =
    "CREATE SCHEMA IF NOT EXISTS tenon;\n"
    "CREATE TABLE IF NOT EXISTS tenon.audit_log (\n"
    "    id uuid NOT NULL PRIMARY KEY,\n"
    "    created_at timestamptz NOT NULL,\n"
    "    user_id text,\n"
    "    token_id text,\n"
    "    organization_id text,\n"
    "    space_id text,\n"
    "    request_id text,\n"
    "    database_user text,\n"
    "    ip_address text,\n"
    "    user_agent text,\n"
    "    action text NOT NULL,\n"
    "    model text NOT NULL,\n"
    "    record_id text,\n"
    "    before jsonb,\n"
    "    after jsonb,\n"
    "    changes jsonb\n"
    ");\n"
    "CREATE INDEX IF NOT EXISTS audit_log_user_id_idx"
    " ON tenon.audit_log (user_id);\n"
    "CREATE INDEX IF NOT EXISTS audit_log_model_record_id_idx"
    " ON tenon.audit_log (model, record_id);\n"
    "CREATE INDEX IF NOT EXISTS audit_log_created_at_idx"
    " ON tenon.audit_log (created_at);\n";

/* Arguments: the role that Tenon writes as, 'schema' or 'found', the model, the
 * columns that are kept secret. The time is the clock's and not the
 * transaction's, and so is the one in the id, a UUID of version 7. */
static const char AUDIT[] =
    "CREATE OR REPLACE FUNCTION tenon.audit() RETURNS trigger\n"
    "LANGUAGE plpgsql SECURITY DEFINER\n"
    "SET search_path = pg_catalog, pg_temp AS $$\n"
    "DECLARE\n"
    "    hidden text[] := TG_ARGV[3:];\n"
    "    old_row jsonb;\n"
    "    new_row jsonb;\n"
    "    difference jsonb;\n"
    "    mask jsonb;\n"
    "    id text[];\n"
    "    moment timestamptz := clock_timestamp();\n"
    "BEGIN\n"
    "    IF current_setting('tenon.session', true) = 'own'\n"
    "        AND pg_has_role(session_user, (SELECT relowner FROM pg_class\n"
    "            WHERE oid = TG_RELID), 'USAGE')\n"
    "    THEN\n"
    "        RETURN NULL;\n"
    "    END IF;\n"
    "    IF TG_LEVEL = 'ROW' AND EXISTS (SELECT FROM pg_class c\n"
    "        JOIN pg_trigger t ON t.tgrelid = c.oid\n"
    "        WHERE c.oid = TG_RELID AND c.relispartition\n"
    "        AND t.tgname = TG_NAME AND t.tgparentid = 0)\n"
    "    THEN\n"
    "        RETURN NULL;\n"
    "    END IF;\n"
    "    IF TG_OP IN ('UPDATE', 'DELETE') THEN\n"
    "        old_row := to_jsonb(OLD);\n"
    "    END IF;\n"
    "    IF TG_OP IN ('INSERT', 'UPDATE') THEN\n"
    "        new_row := to_jsonb(NEW);\n"
    "    END IF;\n"
    "    SELECT array_agg(coalesce(old_row, new_row) ->> a.attname::text\n"
    "        ORDER BY array_position(i.indkey::int2[], a.attnum)) INTO id\n"
    "    FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid\n"
    "        AND a.attnum = ANY (i.indkey)\n"
    "    WHERE i.indrelid = TG_RELID AND i.indisprimary\n"
    "        AND TG_LEVEL = 'ROW';\n"
    "    SELECT coalesce(jsonb_object_agg(h, '[redacted]'::text), '{}')"
    " INTO mask\n"
    "    FROM unnest(hidden) AS h WHERE coalesce(old_row, new_row) ? h;\n"
    "    IF TG_OP = 'UPDATE' THEN\n"
    "        SELECT jsonb_object_agg(n.key, jsonb_build_object(\n"
    "            'from', coalesce(mask -> n.key, o.value),\n"
    "            'to', coalesce(mask -> n.key, n.value))) INTO difference\n"
    "        FROM jsonb_each(new_row) AS n JOIN jsonb_each(old_row) AS o\n"
    "            ON o.key = n.key\n"
    "        WHERE n.value <> o.value;\n"
    "        IF difference IS NULL THEN\n"
    "            RETURN NULL;\n"
    "        END IF;\n"
    "    END IF;\n"
    "    INSERT INTO tenon.audit_log (id, created_at, database_user,"
    " ip_address,\n"
    "        user_agent, action, model, record_id, before, after, changes)\n"
    "    SELECT encode(set_byte(made, 6, get_byte(made, 6) & 15 | 112),"
    " 'hex')::uuid,\n"
    "        moment, session_user, host(inet_client_addr()),\n"
    "        nullif(current_setting('application_name'), ''),\n"
    "        CASE TG_OP WHEN 'INSERT' THEN 'create' ELSE lower(TG_OP) END,\n"
    "        TG_ARGV[2],\n"
    "        CASE WHEN cardinality(id) = 1 THEN id[1]"
    " ELSE to_jsonb(id)::text END,\n"
    "        old_row || mask, new_row || mask, difference\n"
    "    FROM (SELECT substring(int8send(floor(extract(epoch FROM moment)"
    " * 1000)::bigint)\n"
    "        FROM 3) || substring(uuid_send(gen_random_uuid()) FROM 7))"
    " AS u(made);\n"
    "    RETURN NULL;\n"
    "END\n"
    "$$;\n"
    "REVOKE ALL ON FUNCTION tenon.audit() FROM PUBLIC;\n";

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

/* is_known: the schema file has the table. NULL: whoever asks cannot know, and
 * what is known of it stays.
 *
 * Makes triggers only where they are missing or have other arguments, because
 * that locks the table. A partitioned table's have a name of their own: it
 * becomes that of each partition's, which may have triggers already. */
static const char GUARD_TABLE[] =
    "CREATE OR REPLACE FUNCTION tenon.guard_table(relation oid, role text,\n"
    "    model text, hidden text[], is_known boolean) RETURNS void\n"
    "LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$\n"
    "DECLARE\n"
    "    target record;\n"
    "    wanted record;\n"
    "    found_name name;\n"
    "    found_arguments bytea;\n"
    "    clause text := '';\n"
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
    "    END IF;\n"
    "    IF role <> '' THEN\n"
    "        clause := format('WHEN (current_setting(''role'')"
    " IS DISTINCT FROM %L)', role);\n"
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
    "        ), kind AS (\n"
    "            SELECT 'tenon_audit' || target.ending AS name,\n"
    "                'AFTER INSERT OR UPDATE OR DELETE' AS event,"
    " 'ROW' AS level,\n"
    "                'tenon.audit()'::regprocedure AS function,\n"
    "                clause AS condition, true AS is_wanted,\n"
    "                ARRAY[role, CASE WHEN is_known THEN 'schema'"
    " ELSE 'found' END,\n"
    "                    coalesce(model, target.name)] || hidden"
    " AS arguments\n"
    "            UNION ALL SELECT 'tenon_audit_truncate', 'AFTER TRUNCATE',"
    " 'STATEMENT',\n"
    "                'tenon.audit()', clause, true,\n"
    "                ARRAY[role, 'found', coalesce(model, target.name)]\n"
    "            UNION ALL SELECT 'tenon_guard_touch' || target.ending,\n"
    "                'BEFORE INSERT OR UPDATE', 'ROW', 'tenon.touch()', '',\n"
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
    "            EXECUTE format('CREATE TRIGGER %I %s ON %s FOR EACH %s %s'\n"
    "                ' EXECUTE FUNCTION %s(%s)', wanted.name, wanted.event,\n"
    "                target.path, wanted.level, wanted.condition,\n"
    "                wanted.function::regproc, wanted.list);\n"
    "        END IF;\n"
    "    END LOOP;\n"
    "END\n"
    "$$;\n"
    "REVOKE ALL ON FUNCTION tenon.guard_table(oid, text, text, text[], boolean)"
    " FROM PUBLIC;\n";

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
    ", NULL, '{}', NULL);\n"
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

static str functions(arena *a, str schemas, str role) {
    static const char *const PARTS[] = {LOG, AUDIT, TOUCH, GUARD_TABLE,
                                        GUARD_TRIGGERS};
    CLEANUP(buf_free) buf sql = buf_new(SQL_MAX);
    for (size_t i = 0; i < LENGTH(PARTS); i++)
        buf_append(&sql, str_of(PARTS[i]));
    write_guard(&sql, schemas, role);
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
