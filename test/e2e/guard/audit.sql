-- tenon.audit(): what a change made behind Tenon's back leaves in the log.
-- "Note" is a table of the schema, its "secret" is @sensitive.

CREATE FUNCTION pg_temp.last() RETURNS tenon.audit_log LANGUAGE sql AS
'SELECT * FROM tenon.audit_log ORDER BY created_at DESC, id DESC LIMIT 1';

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

SELECT plan(49);

-- Every change of a row

INSERT INTO "Note" (id, text, secret, "updatedAt") VALUES (1, 'a', 's', '2020-01-01');
SELECT is((pg_temp.last()).action, 'create', 'an INSERT is a create');
SELECT is((pg_temp.last()).model, 'Note', 'the model is named');
SELECT is((pg_temp.last()).record_id, '1', 'so is the row');
SELECT is((pg_temp.last()).before, NULL, 'there was nothing before');
SELECT is((pg_temp.last()).after,
    '{"id": 1, "text": "a", "secret": "[redacted]", "updatedAt": "2020-01-01T00:00:00"}',
    'the row is kept, what is sensitive is not');

UPDATE "Note" SET text = 'b', secret = 't', "updatedAt" = '2020-01-02';
SELECT is((pg_temp.last()).action, 'update', 'an UPDATE is an update');
SELECT is((pg_temp.last()).before ->> 'text', 'a', 'the old row is kept');
SELECT is((pg_temp.last()).after ->> 'text', 'b', 'and the new one');
SELECT is((pg_temp.last()).changes,
    '{"text": {"from": "a", "to": "b"}, "secret": {"from": "[redacted]", "to": "[redacted]"},'
    ' "updatedAt": {"from": "2020-01-01T00:00:00", "to": "2020-01-02T00:00:00"}}',
    'and the columns that changed, also a sensitive one');

SELECT is(count(*), 2::bigint, 'two changes, two rows') FROM tenon.audit_log;
CREATE TABLE plain (id int PRIMARY KEY, n int);
INSERT INTO plain VALUES (1, NULL);
UPDATE plain SET n = NULL;
SELECT is((pg_temp.last()).action, 'create', 'an UPDATE that changes nothing leaves nothing');
UPDATE plain SET n = 1;
SELECT is((pg_temp.last()).changes, '{"n": {"from": null, "to": 1}}', 'from NULL is a change');
UPDATE plain SET id = 7;
SELECT is((pg_temp.last()).record_id, '1', 'a row that gets another key is found by the old one');

DELETE FROM "Note";
SELECT is((pg_temp.last()).action, 'delete', 'a DELETE is a delete');
SELECT is((pg_temp.last()).before ->> 'text', 'b', 'the row is kept');
SELECT is((pg_temp.last()).after, NULL, 'there is nothing after');
SELECT is((pg_temp.last()).record_id, '1', 'its key is known');

TRUNCATE "Note";
SELECT is((pg_temp.last()).action, 'truncate', 'a TRUNCATE is told, too');
SELECT is((pg_temp.last()).record_id, NULL, 'of no row');
SELECT is((SELECT action FROM tenon.event ORDER BY id DESC LIMIT 1), 'truncate', 'and in the feed');

-- Who, when, which

SELECT is((pg_temp.last()).database_user, session_user::text, 'the user is the one who logged in');
SET application_name = 'a tool';
INSERT INTO plain VALUES (2);
SELECT is((pg_temp.last()).user_agent, 'a tool', 'the program is named');
SELECT is(substring((pg_temp.last()).id::text FROM 15 FOR 1), '7', 'ids are UUIDs of version 7');
SELECT cmp_ok(
    ('x' || translate(left((pg_temp.last()).id::text, 13), '-', ''))::bit(48)::bigint,
    '=', floor(extract(epoch FROM (pg_temp.last()).created_at) * 1000)::bigint,
    'an id holds the time');
SELECT is(count(DISTINCT created_at) > 1, true, 'the time is the clock''s, not the transaction''s')
FROM tenon.audit_log;

CREATE TABLE "Pair" (b text, a int, PRIMARY KEY (b, a));
INSERT INTO "Pair" VALUES ('x', 1);
SELECT is((pg_temp.last()).record_id, '["x", "1"]', 'a key of two columns is a list, in the key''s order');
CREATE TABLE keyless (n int);
INSERT INTO keyless VALUES (1);
SELECT is((pg_temp.last()).record_id, NULL, 'a row without a key has none');

CREATE TABLE found (id int, "clientSecret" text, "APIKey" jsonb, token_count int, password bytea);
INSERT INTO found VALUES (1, 's', '"k"', 2, 'p');
SELECT is((pg_temp.last()).after, '{"id": 1, "clientSecret": "[redacted]", "APIKey": "[redacted]",'
    ' "token_count": 2, "password": "[redacted]"}', 'a secret by its name is not kept, whosever table it is');
ALTER TABLE found ADD access_token text, DROP password;
UPDATE found SET access_token = 't';
SELECT is((pg_temp.last()).changes, '{"access_token": {"from": null, "to": "[redacted]"}}',
    'nor one in a column that came later');

ALTER TABLE "Note" RENAME secret TO hush;
INSERT INTO "Note" (id, text, hush, "updatedAt") VALUES (8, 'a', 's', now());
SELECT is((pg_temp.last()).after ->> 'hush', '[redacted]', 'a secret stays one when its column is renamed');
DELETE FROM "Note" WHERE id = 8;
ALTER TABLE "Note" RENAME hush TO secret;

-- Tenon's own changes

SELECT set_config('tenon.origin', '{"user_id": "u1", "ip_address": "10.0.0.1"}', false);
SELECT format('SET ROLE %I', current_database() || '_tenon_read_write') \gexec
INSERT INTO "Note" (id, text, "updatedAt") VALUES (2, 'own', now());
RESET ROLE;
SELECT is((pg_temp.last()).user_id, 'u1', 'what is written as tenon_read_write says who it was');
SELECT is((pg_temp.last()).ip_address, '10.0.0.1', 'and from where');
SELECT is((pg_temp.last()).database_user, NULL, 'which is not the one who logged in');
INSERT INTO "Note" (id, text, "updatedAt") VALUES (5, 'x', now());
SELECT is((pg_temp.last()).user_id, NULL, 'others are not believed to be somebody');
SET tenon.events = 'off';
INSERT INTO "Note" (id, text, "updatedAt") VALUES (6, 'x', now());
RESET tenon.events;
SELECT is((SELECT count(*) FROM tenon.event WHERE model = 'Note' AND record_id = '6'), 1::bigint,
    'and cannot do without events');
RESET tenon.origin;
SELECT count(*) AS before FROM tenon.audit_log \gset
SET tenon.session = 'own';
INSERT INTO "Note" (id, text, "updatedAt") VALUES (3, 'own', now());
SELECT is(count(*), :before::bigint, 'what a migration writes is not recorded') FROM tenon.audit_log;
CREATE ROLE stranger;
GRANT ALL ON "Note" TO stranger;
SET SESSION AUTHORIZATION stranger;
SET tenon.session = 'own';
INSERT INTO public."Note" (id, text, "updatedAt") VALUES (4, 'x', now());
RESET SESSION AUTHORIZATION;
RESET tenon.session;
SELECT is((pg_temp.last()).database_user, 'stranger', 'who only says so is recorded');
GRANT USAGE ON SCHEMA tenon TO stranger;
SELECT is(pg_temp.state_as('stranger', 'INSERT INTO tenon.audit_log (id) VALUES (NULL)'),
    '42501', 'nobody else writes to the log');
SELECT is(pg_temp.state_as(current_database() || '_tenon_read_write',
    'DELETE FROM tenon.audit_log'), '42501', 'not even who serves');
SELECT is(pg_temp.state_as('stranger', 'CREATE TEMP TABLE mine (id int);
    CREATE TRIGGER t AFTER INSERT ON mine EXECUTE FUNCTION tenon.audit()'),
    '42501', 'nor by a trigger of their own');

CREATE TABLE caught (who text);
GRANT INSERT ON caught TO PUBLIC;
GRANT CREATE ON SCHEMA public TO stranger;
SET SESSION AUTHORIZATION stranger;
CREATE TYPE public.trap AS ENUM ('set');
CREATE FUNCTION public.spring(public.trap) RETURNS json LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public.caught VALUES (current_user);
    RETURN '1';
END
$$;
CREATE CAST (public.trap AS json) WITH FUNCTION public.spring(public.trap);
CREATE TABLE public.bait (id int PRIMARY KEY, cell public.trap);
INSERT INTO public.bait VALUES (1, 'set');
RESET SESSION AUTHORIZATION;
SELECT is((SELECT count(*) FROM caught), 0::bigint, 'nobody''s function is called with our rights');
SELECT is((SELECT l.action || coalesce(l.after::text, ' of unknown cells') FROM tenon.audit_log l WHERE model = 'bait'),
    'create of unknown cells', 'the change is recorded all the same');

CREATE TABLE odd (id int PRIMARY KEY, cell json);
INSERT INTO odd VALUES (1, '{"a": "\u0000"}');
SELECT is((SELECT l.action || coalesce(l.after::text, ' of unknown cells') FROM tenon.audit_log l WHERE model = 'odd'),
    'create of unknown cells', 'what cannot be shown can be written');

-- Its hash

SELECT is((SELECT count(*) FROM tenon.audit_log l WHERE l.hash <> tenon.audit_hash(l, l.before::text, l.after::text, l.changes::text)), 0::bigint,
    'each row has the hash of what it says');
UPDATE tenon.audit_log SET user_id = 'somebody else' WHERE id = (pg_temp.last()).id;
SELECT is((SELECT count(*) FROM tenon.audit_log l WHERE l.hash <> tenon.audit_hash(l, l.before::text, l.after::text, l.changes::text)), 1::bigint,
    'and one that was changed has not');

-- Events

SELECT is((SELECT count(*) FROM tenon.read_events(0, 1000000)), (SELECT count(*) FROM tenon.event),
    'all events are read');
SELECT is((SELECT max(sequence) FROM tenon.event), (SELECT count(*) FROM tenon.event),
    'their sequences have no gap');
SELECT is((SELECT string_agg(action, ' ' ORDER BY sequence) FROM tenon.event
    WHERE model = 'Note' AND record_id = '1'), 'create update delete', 'and follow the changes');
SELECT is((SELECT count(*) FROM tenon.read_events(3, 2)), 2::bigint, 'a page of them');
SELECT * FROM finish();
