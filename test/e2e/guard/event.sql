-- tenon.guard(): which tables get the triggers, and that nothing is in the way.

CREATE FUNCTION pg_temp.audited(regclass) RETURNS bigint LANGUAGE sql AS
$$ SELECT count(*) FROM pg_trigger WHERE tgrelid = $1 AND tgfoid = 'tenon.audit'::regproc $$;
CREATE FUNCTION pg_temp.changes_of(text) RETURNS bigint LANGUAGE sql AS
$$ SELECT count(*) FROM tenon.audit_log WHERE model = $1 $$;

CREATE FUNCTION pg_temp.state_as(who name, sql text) RETURNS text LANGUAGE plpgsql AS
$$
BEGIN
    EXECUTE format('SET LOCAL ROLE %I', who);
    EXECUTE sql;
    RESET ROLE;
    RETURN '00000';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END
$$;

SELECT plan(24);

SELECT is(pg_temp.audited('public."Note"'), 2::bigint, 'a table of the schema has triggers for rows and TRUNCATE');
CREATE TABLE made (id int);
SELECT is(pg_temp.audited('made'), 2::bigint, 'CREATE TABLE');
CREATE TABLE copied AS SELECT 1 AS n;
SELECT is(pg_temp.audited('copied'), 2::bigint, 'CREATE TABLE AS');
SELECT 1 AS n INTO selected;
SELECT is(pg_temp.audited('selected'), 2::bigint, 'SELECT INTO');
CREATE TABLE "We""ird'; -- $$" (id int);
INSERT INTO "We""ird'; -- $$" VALUES (1);
SELECT is(pg_temp.changes_of('We"ird''; -- $$'), 1::bigint, 'a name in quotes');
CREATE TABLE IF NOT EXISTS made (id int);
SELECT is(pg_temp.audited('made'), 2::bigint, 'one that is there already keeps its two');
ALTER TABLE made RENAME TO renamed;
SELECT is(pg_temp.audited('renamed'), 2::bigint, 'a renamed one, too');

-- Schemas

CREATE SCHEMA other;
CREATE TABLE other.t (id int);
SELECT is(pg_temp.audited('other.t'), 0::bigint, 'a schema that is not the app''s is left alone');
ALTER TABLE other.t SET SCHEMA public;
SELECT is(pg_temp.audited('public.t'), 2::bigint, 'a table that moves in is guarded');
CREATE TEMP TABLE fleeting (id int);
SELECT is(pg_temp.audited('fleeting'), 0::bigint, 'a temporary one is not');
CREATE TABLE _prisma_migrations (id int);
SELECT is(pg_temp.audited('_prisma_migrations'), 0::bigint, 'nor are tools'' tables');
SELECT is(pg_temp.audited('tenon.audit_log'), 0::bigint, 'nor is the log itself');
CREATE VIEW seen AS SELECT * FROM renamed;
SELECT is(pg_temp.audited('seen'), 0::bigint, 'nor are views');

-- Partitions and children

CREATE TABLE whole (id int, at date) PARTITION BY RANGE (at);
CREATE TABLE first PARTITION OF whole FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
INSERT INTO whole VALUES (1, '2020-06-01');
INSERT INTO first VALUES (2, '2020-06-01');
SELECT is(pg_temp.changes_of('whole'), 2::bigint, 'a partition has its parent''s trigger, once');
CREATE TABLE second (LIKE whole);
INSERT INTO second VALUES (3, '2021-06-01');
SELECT lives_ok($$ ALTER TABLE whole ATTACH PARTITION second
    FOR VALUES FROM ('2021-01-01') TO ('2022-01-01') $$, 'a guarded table can be attached');
INSERT INTO whole VALUES (4, '2021-06-01');
SELECT is(pg_temp.changes_of('whole'), 3::bigint, 'and is recorded as its parent');
SELECT is(pg_temp.changes_of('second'), 1::bigint, 'not as itself any more');
CREATE TABLE half PARTITION OF whole FOR VALUES FROM ('2022-01-01') TO ('2023-01-01') PARTITION BY LIST (id);
CREATE TABLE half_one PARTITION OF half FOR VALUES IN (1);
INSERT INTO whole VALUES (1, '2022-06-01');
SELECT is(pg_temp.changes_of('whole'), 4::bigint, 'a partition of a partition, too');
ALTER TABLE whole DETACH PARTITION first;
ALTER TABLE first ADD note text;
SELECT is(pg_temp.audited('first'), 2::bigint, 'one that was detached is guarded by itself');
CREATE TABLE child (more int) INHERITS (renamed);
SELECT is(pg_temp.audited('child'), 2::bigint, 'a table that inherits has its own triggers');

-- Others

CREATE ROLE maker;
GRANT ALL ON SCHEMA public TO maker;
SELECT is(pg_temp.state_as('maker', 'CREATE TABLE public.theirs (id int)'), '00000',
    'somebody without rights makes a table');
SELECT is(pg_temp.audited('theirs'), 2::bigint, 'which is guarded');
ALTER FUNCTION tenon.guard_table RENAME TO gone;
SELECT lives_ok('CREATE TABLE still (id int)', 'a guard that fails is not in the way');
ALTER FUNCTION tenon.gone RENAME TO guard_table;
SET tenon.session = 'own';
CREATE TABLE own (id int);
SELECT is(pg_temp.audited('own'), 0::bigint, 'a migration makes its tables itself');

SELECT * FROM finish();
