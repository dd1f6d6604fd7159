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

/* A log of the time before there were partitions steps aside; its rows are put
 * into the new one once there are functions to do it with. */
static const char OLD_LOG[] =
    "DO $$\n"
    "BEGIN\n"
    "    IF EXISTS (SELECT FROM pg_class\n"
    "        WHERE oid = to_regclass('tenon.audit_log') AND relkind = 'r')\n"
    "    THEN\n"
    "        LOCK tenon.audit_log;\n"
    "        CREATE TEMP TABLE tenon_old_log ON COMMIT DROP\n"
    "            AS TABLE tenon.audit_log;\n"
    "        DROP TABLE tenon.audit_log;\n"
    "    END IF;\n"
    "END\n"
    "$$;\n";
static const char OLD_ROWS[] =
    "DO $$\n"
    "DECLARE\n"
    "    l tenon.audit_log;\n"
    "BEGIN\n"
    "    IF to_regclass('pg_temp.tenon_old_log') IS NOT NULL THEN\n"
    "        FOR l IN SELECT (jsonb_populate_record(NULL::tenon.audit_log,\n"
    "            to_jsonb(o))).* FROM pg_temp.tenon_old_log o\n"
    "        LOOP\n"
    "            l.hash := tenon.audit_hash(l);\n"
    "            INSERT INTO tenon.audit_log SELECT l.*;\n"
    "        END LOOP;\n"
    "    END IF;\n"
    "END\n"
    "$$;\n";

/* The log's key has the time, because a partitioned table's must. Rows that no
 * month's partition takes are in the last one. */
static const char LOG[] =
    "CREATE SCHEMA IF NOT EXISTS tenon;\n"
    "CREATE TABLE IF NOT EXISTS tenon.audit_log (\n"
    "    id uuid NOT NULL,\n"
    "    created_at timestamptz NOT NULL,\n"
    "    user_id text,\n"
    "    token_id text,\n"
    "    organization_id text,\n"
    "    space_id text,\n"
    "    request_id text,\n"
    "    database_user text,\n"
    "    ip_address text,\n"
    "    user_agent text,\n"
    "    reason text,\n"
    "    action text NOT NULL,\n"
    "    model text NOT NULL,\n"
    "    record_id text,\n"
    "    before jsonb,\n"
    "    after jsonb,\n"
    "    changes jsonb,\n"
    "    hash bytea NOT NULL,\n"
    "    PRIMARY KEY (id, created_at)\n"
    ") PARTITION BY RANGE (created_at);\n"
    "CREATE INDEX IF NOT EXISTS audit_log_user_id_idx"
    " ON tenon.audit_log (user_id) WHERE user_id IS NOT NULL;\n"
    "CREATE INDEX IF NOT EXISTS audit_log_model_record_id_idx"
    " ON tenon.audit_log (model, record_id);\n"
    "CREATE INDEX IF NOT EXISTS audit_log_created_at_idx"
    " ON tenon.audit_log (created_at);\n"
    "CREATE TABLE IF NOT EXISTS tenon.audit_log_other"
    " PARTITION OF tenon.audit_log DEFAULT;\n"
    "CREATE TABLE IF NOT EXISTS tenon.event (\n"
    "    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n"
    "    sequence bigint UNIQUE,\n"
    "    created_at timestamptz NOT NULL,\n"
    "    audit_id uuid,\n"
    "    action text NOT NULL,\n"
    "    model text NOT NULL,\n"
    "    record_id text,\n"
    "    before jsonb,\n"
    "    after jsonb\n"
    ");\n"
    "CREATE INDEX IF NOT EXISTS event_waiting_idx"
    " ON tenon.event (id) WHERE sequence IS NULL;\n"
    "CREATE TABLE IF NOT EXISTS tenon.event_position (\n"
    "    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),\n"
    "    last bigint NOT NULL\n"
    ");\n"
    "INSERT INTO tenon.event_position (last) VALUES (0)"
    " ON CONFLICT DO NOTHING;\n";

/* The partitions of this month and of so many behind it. One whose rows are in
 * the last partition already cannot be made any more, and need not be. */
static const char PARTITIONS[] =
    "CREATE OR REPLACE FUNCTION tenon.audit_partitions(ahead integer)"
    " RETURNS void\n"
    "LANGUAGE plpgsql SECURITY DEFINER SET timezone = 'UTC'\n"
    "SET search_path = pg_catalog, pg_temp AS $$\n"
    "DECLARE\n"
    "    month timestamptz;\n"
    "    name text;\n"
    "BEGIN\n"
    "    FOR month IN SELECT generate_series(date_trunc('month', now()),\n"
    "        date_trunc('month', now()) + make_interval(months => ahead),\n"
    "        interval '1 month')\n"
    "    LOOP\n"
    "        name := 'audit_log_' || to_char(month, 'YYYY_MM');\n"
    "        CONTINUE WHEN to_regclass('tenon.' || name) IS NOT NULL;\n"
    "        CONTINUE WHEN EXISTS (SELECT FROM tenon.audit_log_other\n"
    "            WHERE created_at >= month\n"
    "            AND created_at < month + interval '1 month');\n"
    "        EXECUTE format('CREATE TABLE tenon.%I PARTITION OF"
    " tenon.audit_log FOR VALUES FROM (%L) TO (%L)', name, month,\n"
    "            month + interval '1 month');\n"
    "    END LOOP;\n"
    "END\n"
    "$$;\n"
    "REVOKE ALL ON FUNCTION tenon.audit_partitions(integer) FROM PUBLIC;\n"
    "SELECT tenon.audit_partitions(12);\n";

/* What a row of the log says, as bytes that no other row makes. Like the other
 * small functions it is called where the path is pinned; without a path of its
 * own it is part of the statement that calls it. */
static const char HASH[] =
    "CREATE OR REPLACE FUNCTION tenon.audit_hash(l tenon.audit_log)"
    " RETURNS bytea\n"
    "LANGUAGE sql IMMUTABLE AS $$\n"
    "    SELECT sha256(convert_to(jsonb_build_array(l.id,\n"
    "        extract(epoch FROM l.created_at), l.user_id, l.token_id,\n"
    "        l.organization_id, l.space_id, l.request_id, l.database_user,\n"
    "        l.ip_address, l.user_agent, l.reason, l.action, l.model,\n"
    "        l.record_id, l.before, l.after, l.changes)::text, 'UTF8'))\n"
    "$$;\n"
    "REVOKE ALL ON FUNCTION tenon.audit_hash(tenon.audit_log) FROM PUBLIC;\n";

/* Arguments: the role that Tenon writes as, 'schema' or 'found', the model,
 * what is kept of it (full, changes, off), how many columns its identity has
 * and these, the columns that are kept secret. Of a found table the primary key
 * is looked up each time, since nobody tells us when it changes.
 *
 * Who it was is believed of a session that is ours (see pg_guard.h). One that
 * is ours and says nothing, a migration, leaves no trace. The time is the
 * clock's and not the transaction's, and so is the one in the id, a UUID of
 * version 7. */
static const char AUDIT_HEAD[] =
    "CREATE OR REPLACE FUNCTION tenon.audit() RETURNS trigger\n"
    "LANGUAGE plpgsql SECURITY DEFINER\n"
    "SET search_path = pg_catalog, pg_temp AS $$\n"
    "DECLARE\n"
    "    is_schema boolean := TG_ARGV[1] = 'schema';\n"
    "    mode text := TG_ARGV[3];\n"
    "    id_columns text[] := TG_ARGV[5:4 + TG_ARGV[4]::integer];\n"
    "    hidden text[] := TG_ARGV[5 + TG_ARGV[4]::integer:];\n"
    "    origin jsonb := nullif(current_setting('tenon.origin', true), '');\n"
    "    is_ours boolean := TG_ARGV[0] <> ''"
    " AND current_setting('role') = TG_ARGV[0];\n"
    "    old_row jsonb;\n"
    "    new_row jsonb;\n"
    "    old_shown jsonb;\n"
    "    new_shown jsonb;\n"
    "    difference jsonb;\n"
    "    id text[];\n"
    "    l tenon.audit_log;\n"
    "    moment timestamptz := clock_timestamp();\n"
    "BEGIN\n"
    "    IF NOT is_ours AND current_setting('tenon.session', true) = 'own'\n"
    "        AND pg_has_role(session_user, (SELECT relowner FROM pg_class\n"
    "            WHERE oid = TG_RELID), 'USAGE')\n"
    "    THEN\n"
    "        IF origin IS NULL THEN\n"
    "            RETURN NULL;\n"
    "        END IF;\n"
    "        is_ours := true;\n"
    "    END IF;\n"
    "    IF NOT is_schema AND TG_LEVEL = 'ROW' AND EXISTS (SELECT\n"
    "        FROM pg_class c JOIN pg_trigger t ON t.tgrelid = c.oid\n"
    "        WHERE c.oid = TG_RELID AND c.relispartition\n"
    "        AND t.tgname = TG_NAME AND t.tgparentid = 0)\n"
    "    THEN\n"
    "        RETURN NULL;\n"
    "    END IF;\n"
    "    IF TG_OP = 'UPDATE' AND OLD *= NEW THEN\n"
    "        RETURN NULL;\n"
    "    END IF;\n"
    "    IF TG_OP IN ('UPDATE', 'DELETE') THEN\n"
    "        old_row := to_jsonb(OLD);\n"
    "    END IF;\n"
    "    IF TG_OP IN ('INSERT', 'UPDATE') THEN\n"
    "        new_row := to_jsonb(NEW);\n"
    "    END IF;\n"
    "    IF NOT is_schema AND TG_LEVEL = 'ROW' THEN\n"
    "        SELECT array_agg(a.attname\n"
    "            ORDER BY array_position(i.indkey::int2[], a.attnum))\n"
    "        INTO id_columns\n"
    "        FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid\n"
    "            AND a.attnum = ANY (i.indkey)\n"
    "        WHERE i.indrelid = TG_RELID AND i.indisprimary;\n"
    "    END IF;\n"
    "    IF cardinality(id_columns) = 1"
    " AND id_columns[1] <> ALL (hidden) THEN\n"
    "        l.record_id := coalesce(old_row, new_row) ->> id_columns[1];\n"
    "    ELSIF id_columns <> '{}' THEN\n"
    "        SELECT array_agg(CASE WHEN c = ANY (hidden) THEN\n"
    "            encode(sha256(convert_to(coalesce(old_row, new_row) ->> c,\n"
    "            'UTF8')), 'hex') ELSE coalesce(old_row, new_row) ->> c END\n"
    "            ORDER BY n) INTO id\n"
    "        FROM unnest(id_columns) WITH ORDINALITY AS u(c, n);\n"
    "        l.record_id := CASE WHEN cardinality(id) = 1 THEN id[1]"
    " ELSE to_jsonb(id)::text END;\n"
    "    END IF;\n";

static const char AUDIT_TAIL[] =
    "    old_shown := tenon.redact(old_row, hidden);\n"
    "    new_shown := tenon.redact(new_row, hidden);\n"
    "    IF TG_OP = 'UPDATE' THEN\n"
    "        SELECT jsonb_object_agg(n.key, jsonb_build_object(\n"
    "            'from', old_shown -> n.key, 'to', new_shown -> n.key))\n"
    "        INTO difference FROM jsonb_each(new_row) AS n\n"
    "        WHERE n.value <> old_row -> n.key;\n"
    "        IF difference IS NULL THEN\n"
    "            RETURN NULL;\n"
    "        ELSIF pg_column_size(difference) > 4096 THEN\n"
    "            SELECT jsonb_object_agg(key, tenon.shorten_row(v))\n"
    "            INTO difference FROM jsonb_each(difference) AS e(key, v);\n"
    "        END IF;\n"
    "    END IF;\n"
    "    l.action := CASE TG_OP WHEN 'INSERT' THEN 'create'"
    " ELSE lower(TG_OP) END;\n"
    "    l.model := TG_ARGV[2];\n"
    "    l.created_at := moment;\n"
    "    IF mode <> 'off' THEN\n"
    "        l.id := lpad(to_hex(floor(extract(epoch FROM moment)"
    " * 1000)::bigint),\n"
    "            12, '0') || '7' ||"
    " substr(replace(gen_random_uuid()::text, '-', ''), 14);\n"
    "        IF is_ours THEN\n"
    "            l.user_id := origin ->> 'user_id';\n"
    "            l.token_id := origin ->> 'token_id';\n"
    "            l.organization_id := origin ->> 'organization_id';\n"
    "            l.space_id := origin ->> 'space_id';\n"
    "            l.request_id := origin ->> 'request_id';\n"
    "            l.ip_address := origin ->> 'ip_address';\n"
    "            l.user_agent := origin ->> 'user_agent';\n"
    "            l.reason := origin ->> 'reason';\n"
    "        ELSE\n"
    "            l.database_user := session_user;\n"
    "            l.ip_address := host(inet_client_addr());\n"
    "            l.user_agent :="
    " nullif(current_setting('application_name'), '');\n"
    "        END IF;\n"
    "        IF mode = 'full' THEN\n"
    "            l.before := old_shown;\n"
    "            l.after := new_shown;\n"
    "        END IF;\n"
    "        l.changes := difference;\n"
    "        l.hash := tenon.audit_hash(l);\n"
    "        INSERT INTO tenon.audit_log SELECT l.*;\n"
    "    END IF;\n"
    "    IF TG_LEVEL = 'ROW' AND NOT (is_ours"
    " AND current_setting('tenon.events', true) IS NOT DISTINCT FROM 'off')\n"
    "    THEN\n"
    "        INSERT INTO tenon.event (created_at, audit_id, action, model,\n"
    "            record_id, before, after)\n"
    "        VALUES (moment, l.id, l.action, l.model, l.record_id,\n"
    "            tenon.shorten_row(old_shown), tenon.shorten_row(new_shown));\n"
    "    END IF;\n"
    "    RETURN NULL;\n"
    "END\n"
    "$$;\n"
    "REVOKE ALL ON FUNCTION tenon.audit() FROM PUBLIC;\n";

/* See RECORDING_LONG_BYTES and field.is_redacted. */
static const char SHORTEN[] =
    "CREATE OR REPLACE FUNCTION tenon.shorten(value jsonb) RETURNS jsonb\n"
    "LANGUAGE sql IMMUTABLE AS $$\n"
    "    SELECT CASE WHEN pg_column_size(value) > 4096"
    " AND octet_length(value::text) > 8192\n"
    "        THEN '\"[long]\"' ELSE value END\n"
    "$$;\n"
    "CREATE OR REPLACE FUNCTION tenon.shorten_row(value jsonb)"
    " RETURNS jsonb\n"
    "LANGUAGE plpgsql IMMUTABLE AS $$\n"
    "BEGIN\n"
    "    IF value IS NULL OR pg_column_size(value) <= 4096 THEN\n"
    "        RETURN value;\n"
    "    END IF;\n"
    "    RETURN (SELECT jsonb_object_agg(key, tenon.shorten(v))\n"
    "        FROM jsonb_each(value) AS e(key, v));\n"
    "END\n"
    "$$;\n"
    "CREATE OR REPLACE FUNCTION tenon.redact(shown jsonb, hidden text[])"
    " RETURNS jsonb\n"
    "LANGUAGE plpgsql IMMUTABLE AS $$\n"
    "BEGIN\n"
    "    IF shown IS NULL OR hidden = '{}' THEN\n"
    "        RETURN shown;\n"
    "    END IF;\n"
    "    RETURN shown || coalesce((SELECT jsonb_object_agg(h,\n"
    "        '[redacted]'::text) FROM unnest(hidden) AS h\n"
    "        WHERE shown ->> h IS NOT NULL), '{}');\n"
    "END\n"
    "$$;\n"
    "REVOKE ALL ON FUNCTION tenon.redact(jsonb, text[]) FROM PUBLIC;\n"
    "REVOKE ALL ON FUNCTION tenon.shorten(jsonb) FROM PUBLIC;\n"
    "REVOKE ALL ON FUNCTION tenon.shorten_row(jsonb) FROM PUBLIC;\n";

/* Events of transactions that committed have no sequence at first: two that
 * write at the same time take ids in one order and commit in another. Whoever
 * reads gives sequences to all that are visible, in the order of their ids,
 * while everybody else who wants to waits. Two changes of one row cannot trade
 * places: the second one took its id after the first had committed, so who sees
 * the second sees the first. */
static const char FEED[] =
    "CREATE OR REPLACE FUNCTION tenon.read_events(behind bigint,"
    " most integer)\n"
    "RETURNS TABLE (sequence bigint, created_at timestamptz, audit_id uuid,"
    " action text,\n"
    "    model text, record_id text, before jsonb, after jsonb)\n"
    "LANGUAGE plpgsql SECURITY DEFINER\n"
    "SET search_path = pg_catalog, pg_temp AS $$\n"
    "DECLARE\n"
    "    base bigint;\n"
    "    given bigint;\n"
    "BEGIN\n"
    "    IF EXISTS (SELECT FROM tenon.event e WHERE e.sequence IS NULL) THEN\n"
    "        SELECT p.last INTO base FROM tenon.event_position p FOR UPDATE;\n"
    "        WITH numbered AS (\n"
    "            SELECT e.id, row_number() OVER (ORDER BY e.id) AS n\n"
    "            FROM tenon.event e WHERE e.sequence IS NULL\n"
    "        )\n"
    "        UPDATE tenon.event e SET sequence = base + n.n\n"
    "        FROM numbered n WHERE e.id = n.id;\n"
    "        GET DIAGNOSTICS given = ROW_COUNT;\n"
    "        UPDATE tenon.event_position SET last = base + given;\n"
    "    END IF;\n"
    "    RETURN QUERY SELECT e.sequence, e.created_at, e.audit_id, e.action,\n"
    "        e.model, e.record_id, e.before, e.after\n"
    "    FROM tenon.event e WHERE e.sequence > behind\n"
    "    ORDER BY e.sequence LIMIT most;\n"
    "END\n"
    "$$;\n"
    "REVOKE ALL ON FUNCTION tenon.read_events(bigint, integer) FROM PUBLIC;\n";

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
    "        '_(password|passwd|passphrase|secrets?|cvv|cvc|credentials?'\n"
    "        '|apikey|t?otp)(_|$)'\n"
    "        '|_(tokens?|jwt)(_(hash|digest|encrypted|value))?$'\n"
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

/* What default privileges gave away is taken back. */
static const char PRIVATE[] =
    "DO $$\n"
    "DECLARE\n"
    "    given record;\n"
    "BEGIN\n"
    "    FOR given IN SELECT DISTINCT c.oid::regclass AS relation,\n"
    "        CASE g.grantee WHEN 0 THEN 'PUBLIC'"
    " ELSE g.grantee::regrole::text END AS grantee\n"
    "        FROM pg_class c, LATERAL aclexplode(c.relacl) AS g\n"
    "        WHERE c.relnamespace = 'tenon'::regnamespace\n"
    "        AND c.relname ~ '^(audit_log|event)(_|$)'\n"
    "        AND c.relkind IN ('r', 'p') AND g.grantee <> c.relowner\n"
    "    LOOP\n"
    "        EXECUTE format('REVOKE ALL ON %s FROM %s', given.relation,\n"
    "            given.grantee);\n"
    "    END LOOP;\n"
    "END\n"
    "$$;\n";

/* Whoever serves writes as the role, and reads the feed as it. */
static void write_grants(buf *sql, str role) {
    buf_append(sql, str_of(PRIVATE));
    if (str_is_empty(role))
        return;
    buf_append(sql, STR("GRANT USAGE ON SCHEMA tenon TO "));
    sql_write_name(sql, role);
    buf_append(sql, STR(";\nGRANT EXECUTE ON FUNCTION"
                        " tenon.read_events(bigint, integer) TO "));
    sql_write_name(sql, role);
    buf_append(sql, STR(";\n"));
}

static str functions(arena *a, str schemas, str role) {
    static const char *const PARTS[] = {
        OLD_LOG,    LOG,  PARTITIONS, HASH,        SHORTEN,     AUDIT_HEAD,
        AUDIT_TAIL, FEED, TOUCH,      SECRET_NAME, GUARD_TABLE, GUARD_TRIGGERS,
        OLD_ROWS};
    CLEANUP(buf_free) buf sql = buf_new(SQL_MAX);
    for (size_t i = 0; i < LENGTH(PARTS); i++)
        buf_append(&sql, str_of(PARTS[i]));
    write_guard(&sql, schemas, role);
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
