-- tenon.touch(): created_at and updated_at of tables that no schema file knows.

SELECT plan(12);

CREATE TABLE stamped (id int, created_at timestamptz, updated_at timestamptz);
INSERT INTO stamped VALUES (1);
SELECT ok(created_at > now() - interval '1 minute', 'created_at is set') FROM stamped;
SELECT is(updated_at, created_at, 'updated_at is set to the same') FROM stamped;
UPDATE stamped SET id = 2;
SELECT ok(updated_at > created_at, 'an UPDATE sets updated_at alone') FROM stamped;
UPDATE stamped SET updated_at = '2020-01-01';
SELECT is(updated_at, '2020-01-01'::timestamptz, 'who sets it is believed') FROM stamped;
INSERT INTO stamped VALUES (3, '2020-01-01', '2020-01-02');
SELECT is((created_at, updated_at)::text,
    ('2020-01-01'::timestamptz, '2020-01-02'::timestamptz)::text, 'in an INSERT, too')
FROM stamped WHERE id = 3;

CREATE TABLE "Camel" (id int, "createdAt" timestamp NOT NULL, "updatedAt" timestamp NOT NULL);
INSERT INTO "Camel" (id) VALUES (1);
SELECT ok(abs(extract(epoch FROM "createdAt" - (now() AT TIME ZONE 'UTC'))) < 60,
    'createdAt is known as well, and a time without a zone is in UTC') FROM "Camel";

SET TimeZone = 'Asia/Tokyo';
INSERT INTO "Camel" (id) VALUES (2);
SELECT ok(abs(extract(epoch FROM "createdAt" - (now() AT TIME ZONE 'UTC'))) < 60,
    'whatever the zone of the session') FROM "Camel" WHERE id = 2;
RESET TimeZone;

CREATE TABLE dates (id int, created_at date, updated_at text);
SELECT hasnt_trigger('public', 'dates', 'tenon_guard_touch', 'only times are touched');

CREATE TABLE later (id int);
SELECT hasnt_trigger('public', 'later', 'tenon_guard_touch', 'nothing to touch, no trigger');
ALTER TABLE later ADD updated_at timestamptz;
INSERT INTO later (id) VALUES (1);
SELECT isnt(updated_at, NULL, 'a column that comes later is kept, too') FROM later;
ALTER TABLE later DROP updated_at;
INSERT INTO later VALUES (2);
SELECT hasnt_trigger('public', 'later', 'tenon_guard_touch', 'and let go when it goes');
SELECT hasnt_trigger('public', 'Note', 'tenon_guard_touch', 'tables of the schema file have their own');

SELECT * FROM finish();
