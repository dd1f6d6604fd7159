// Functions of a PostgreSQL database that is served as it is found: /rpc/.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { PostgrestClient } from '@supabase/postgrest-js'

import * as postgres from './support/postgres_world.js'
import { removeWorkspace, serve, workspace } from './support/tenon.js'

const DATABASE = `
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TYPE point2 AS (x int, y int);
CREATE TABLE makers (id int PRIMARY KEY, name text);
CREATE TABLE things (id int PRIMARY KEY, name text, maker int REFERENCES makers, price numeric(8,2));
INSERT INTO makers VALUES (1, 'Ada'), (2, 'Bo');
INSERT INTO things VALUES (1, 'anvil', 1, 10.50), (2, 'bell', 1, 2.5), (3, 'comb', 2, 9);

CREATE FUNCTION add(a int, b int DEFAULT 10) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT a + b';
CREATE FUNCTION greet() RETURNS text STABLE LANGUAGE sql AS $$ SELECT 'hello' $$;
CREATE FUNCTION nothing() RETURNS void LANGUAGE sql AS '';
CREATE FUNCTION nothing_read() RETURNS void STABLE LANGUAGE plpgsql AS $$
BEGIN PERFORM set_config('response.headers', '[{"X-Ran": "yes"}]', true); END $$;
CREATE FUNCTION no_value() RETURNS int STABLE LANGUAGE sql AS 'SELECT NULL::int';
CREATE FUNCTION numbers(n int) RETURNS SETOF int STABLE LANGUAGE sql AS 'SELECT generate_series(1, n)';
CREATE FUNCTION feel(m mood, tags text[] DEFAULT '{}', span int4range DEFAULT NULL, extra json DEFAULT NULL)
  RETURNS json STABLE LANGUAGE sql AS 'SELECT json_build_object(''m'', m, ''tags'', tags, ''span'', span, ''extra'', extra)';
CREATE FUNCTION corner() RETURNS point2 STABLE LANGUAGE sql AS 'SELECT (3, 4)::point2';
CREATE FUNCTION pairs() RETURNS TABLE (k text, v int) STABLE LANGUAGE sql AS $$ VALUES ('a', 1), ('b', NULL) $$;
CREATE FUNCTION divide(a int, b int, OUT q int, OUT r int) IMMUTABLE LANGUAGE sql AS 'SELECT a / b, a % b';
CREATE FUNCTION only_one(OUT q int) IMMUTABLE LANGUAGE sql AS 'SELECT 7';
CREATE FUNCTION any_row() RETURNS record STABLE LANGUAGE plpgsql AS $$ BEGIN RETURN (1, 'x'::text); END $$;
CREATE FUNCTION thing(which int) RETURNS things STABLE LANGUAGE sql AS 'SELECT * FROM things WHERE id = which';
CREATE FUNCTION things_of(who int) RETURNS SETOF things STABLE LANGUAGE sql AS 'SELECT * FROM things WHERE maker = who';
CREATE FUNCTION sum_all(VARIADIC n int[]) RETURNS bigint IMMUTABLE LANGUAGE sql AS 'SELECT sum(x) FROM unnest(n) x';
CREATE FUNCTION whole(json) RETURNS json IMMUTABLE LANGUAGE sql AS 'SELECT json_build_array($1)';
CREATE FUNCTION whole_text(text) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT upper($1)';
CREATE FUNCTION whole_bytes(bytea) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT length($1)';
CREATE FUNCTION sort(a int) RETURNS text IMMUTABLE LANGUAGE sql AS $$ SELECT 'a' $$;
CREATE FUNCTION sort(b text) RETURNS text IMMUTABLE LANGUAGE sql AS $$ SELECT 'b' $$;
CREATE FUNCTION sort(a int, b int) RETURNS text IMMUTABLE LANGUAGE sql AS $$ SELECT 'ab' $$;
CREATE FUNCTION twice(a int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION twice(a text) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 2';
CREATE FUNCTION rename_all(suffix text) RETURNS SETOF things LANGUAGE sql AS
  'UPDATE things SET name = name || suffix RETURNING *';
CREATE FUNCTION rename_one(which int, "new name" text) RETURNS things LANGUAGE sql AS
  'UPDATE things SET name = "new name" WHERE id = which RETURNING *';
CREATE FUNCTION volatile_read() RETURNS int LANGUAGE sql AS 'SELECT 5';
CREATE FUNCTION me() RETURNS text STABLE LANGUAGE sql AS 'SELECT current_user::text';
CREATE FUNCTION stumble(state text, said text DEFAULT 'oh', more text DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF more IS NULL THEN RAISE USING errcode = state, message = said, hint = 'look out';
  ELSE RAISE USING errcode = state, message = said, detail = more; END IF;
END $$;
CREATE FUNCTION on_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION unnamed(int, int) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION label(things) RETURNS text STABLE LANGUAGE sql AS $$ SELECT upper($1.name) || ' ' || $1.price $$;
CREATE FUNCTION label(m makers) RETURNS text STABLE LANGUAGE sql AS $$ SELECT 'by ' || m.name $$;
CREATE SCHEMA other;
CREATE FUNCTION other.greet() RETURNS text STABLE LANGUAGE sql AS $$ SELECT 'salut' $$;
CREATE FUNCTION other.alone() RETURNS text STABLE LANGUAGE sql AS $$ SELECT 'alone' $$;
CREATE TABLE other.rows (id int);
`

let database
let folder
let server
let anonymous

before(async () => {
  if (postgres.skip) return
  database = await postgres.create()
  anonymous = `${database.name}_anonymous`
  await database.run(`${DATABASE}
    CREATE ROLE ${anonymous} NOLOGIN;
    GRANT USAGE ON SCHEMA public, other TO ${anonymous};
    GRANT ALL ON ALL TABLES IN SCHEMA public, other TO ${anonymous};
    REVOKE EXECUTE ON FUNCTION corner FROM public;`)
  folder = await workspace()
  server = await serve(folder, ['--introspect', '--database', database.url, '--expose', 'public,other',
    '--anon-role', anonymous, '--tx-end', 'commit-allow-override', '--max-rows', '0'])
})

after(async () => {
  await server?.stop()
  await database?.run(`DROP OWNED BY ${anonymous}; DROP ROLE ${anonymous}`)
  await database?.drop()
  if (folder) await removeWorkspace(folder)
})

const check = (name, run) => test(name, { skip: postgres.skip }, run)

async function ask(path, init = {}) {
  const response = await server.fetch(`rpc/${path}`, init)
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) }
}

const call = (path, body, headers = {}) =>
  ask(path, { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json', ...headers } })

const names = (answer) => answer.body.map((row) => row.name)

check('a value is bare JSON, nothing is 204', async () => {
  const CASES = [
    ['add', { a: 1, b: 2 }, 200, 3],
    ['add', { a: '5' }, 200, 15],
    ['greet', {}, 200, 'hello'],
    ['nothing', {}, 204, null],
    ['nothing_read', {}, 204, null],
    ['no_value', {}, 200, null],
    ['numbers', { n: 3 }, 200, [1, 2, 3]],
    ['any_row', {}, 200, { f1: 1, f2: 'x' }],
    ['volatile_read', {}, 200, 5],
  ]
  for (const [name, body, status, wanted] of CASES) {
    const answer = await call(name, body)
    assert.deepEqual([answer.status, answer.body], [status, wanted], name)
  }
  const empty = await ask('greet', { method: 'POST' })
  assert.deepEqual([empty.status, empty.body], [200, 'hello'])
  assert.equal((await call('nothing_read', {})).headers.get('x-ran'), 'yes')
})

check('arguments of any type are what the database makes of them', async () => {
  const given = { m: 'ok', tags: ['a', 'b c'], span: '[1,5)', extra: { deep: [1, null, 'x'] } }
  const byPost = await call('feel', given)
  assert.deepEqual([byPost.status, byPost.body], [200, given])
  const query = new URLSearchParams({ m: 'ok', tags: '{a,"b c"}', span: '[1,5)', extra: '{"deep":[1,null,"x"]}' })
  const byGet = await ask(`feel?${query}`)
  assert.deepEqual([byGet.status, byGet.body], [200, given])
  const form = await ask('feel', { method: 'POST', body: query })
  assert.deepEqual([form.status, form.body], [200, given])
  const wrong = await call('feel', { m: 'happy' })
  assert.deepEqual([wrong.status, wrong.body.code], [400, '22P02'])
  assert.deepEqual((await ask('sum_all?n=1&n=2&n=39')).body, 42)
  assert.deepEqual((await call('sum_all', { n: [40, 2] })).body, 42)
})

check('a row is an object, rows are an array', async () => {
  assert.deepEqual((await call('divide', { a: 7, b: 2 })).body, { q: 3, r: 1 })
  assert.deepEqual((await call('only_one', {})).body, { q: 7 })
  assert.deepEqual((await call('pairs', {})).body, [{ k: 'a', v: 1 }, { k: 'b', v: null }])
  assert.deepEqual((await ask('pairs?v=is.null&select=k')).body, [{ k: 'b' }])
  assert.deepEqual((await ask('thing?which=2')).body, { id: 2, name: 'bell', maker: 1, price: 2.5 })
  assert.deepEqual((await ask('thing?which=2&select=name,makers(name)')).body, { name: 'bell', makers: { name: 'Ada' } })
})

check('rows of a table are filtered, ordered, paged, counted and embedded like the table', async () => {
  const rows = await ask('things_of?who=1&select=name,makers(name)&order=price.asc&price=gt.1', {
    headers: { Prefer: 'count=exact' },
  })
  assert.deepEqual(rows.body, [
    { name: 'bell', makers: { name: 'Ada' } }, { name: 'anvil', makers: { name: 'Ada' } },
  ])
  assert.equal(rows.headers.get('content-range'), '0-1/2')
  const page = await call('things_of?order=name.desc&limit=1&offset=1', { who: 1 })
  assert.deepEqual(names(page), ['anvil'])
  assert.deepEqual((await ask('numbers?n=5&numbers=gt.3')).body, [4, 5])
})

check('CSV has texts as they are', async () => {
  const response = await server.fetch('rpc/pairs', { headers: { Accept: 'text/csv' } })
  assert.equal(await response.text(), 'k,v\na,1\nb,')
})

check('the arguments say which function of a name is meant', async () => {
  assert.equal((await call('sort', { a: 1 })).body, 'a')
  assert.equal((await call('sort', { b: 1 })).body, 'b')
  assert.equal((await ask('sort?b=1&a=2')).body, 'ab')
  const several = await call('twice', { a: 1 })
  assert.deepEqual([several.status, several.body.code, several.body.message], [300, 'PGRST203',
    'Could not choose the best candidate function between: public.twice(a => integer), public.twice(a => text)'])
})

check('what is not there is said with what was looked for', async () => {
  const CASES = [
    [await call('gret', {}), 'Could not find the function public.gret without parameters in the schema cache',
      'Searched for the function public.gret without parameters or with a single unnamed json/jsonb parameter, '
      + 'but no matches were found in the schema cache.', 'Perhaps you meant to call the function public.greet'],
    [await call('add', { c: 1, a: 1 }), 'Could not find the function public.add(a, c) in the schema cache',
      'Searched for the function public.add with parameters a, c or with a single unnamed json/jsonb parameter, '
      + 'but no matches were found in the schema cache.', 'Perhaps you meant to call the function public.add(a, b)'],
    [await ask('alone'), 'Could not find the function public.alone without parameters in the schema cache',
      'Searched for the function public.alone without parameters, but no matches were found in the schema cache.', null],
  ]
  for (const [answer, message, details, hint] of CASES)
    assert.deepEqual([answer.status, answer.body], [404, { code: 'PGRST202', message, details, hint }])
  for (const name of ['on_change', 'unnamed'])
    assert.equal((await call(name, {})).body.code, 'PGRST202')
})

check('one argument without a name takes the whole body', async () => {
  assert.deepEqual((await call('whole', { a: [1] })).body, [{ a: [1] }])
  assert.deepEqual((await call('whole', [1, 2])).body, [[1, 2]])
  const send = (name, type, body) => ask(name, { method: 'POST', body, headers: { 'Content-Type': type } })
  assert.equal((await send('whole_text', 'text/plain', 'some "text"')).body, 'SOME "TEXT"')
  assert.equal((await send('whole_bytes', 'application/octet-stream', new Uint8Array([0, 255, 7]))).body, 3)
  const other = await send('whole', 'text/plain', '1')
  assert.deepEqual([other.status, other.body.message, other.body.details],
    [404, 'Could not find the function public.whole in the schema cache',
      'Searched for the function public.whole with a single unnamed text parameter, '
      + 'but no matches were found in the schema cache.'])
})

check('what writes is called with POST, and can be undone', async () => {
  const dry = await call('rename_all?select=name&order=price.desc', { suffix: '!' }, { Prefer: 'tx=rollback' })
  assert.deepEqual([dry.status, names(dry)], [200, ['anvil!', 'comb!', 'bell!']])
  const most = await call('rename_all', { suffix: '!' }, { Prefer: 'handling=strict, max-affected=2' })
  assert.deepEqual([most.status, most.body.code], [400, 'PGRST124'])
  const one = await call('rename_one', { which: 3, 'new name': 'crumb' })
  assert.deepEqual([one.status, one.body.name], [200, 'crumb'])
  const byGet = await ask('rename_all?suffix=x')
  assert.deepEqual([byGet.status, byGet.body.code, byGet.body.message],
    [405, '25006', 'cannot execute UPDATE in a read-only transaction'])
  assert.deepEqual((await ask('volatile_read')).body, 5)
  assert.deepEqual(names(await ask('things_of?who=1&order=id')), ['anvil', 'bell'])
  const put = await ask('greet', { method: 'PUT', body: '{}' })
  assert.deepEqual([put.status, put.body.code, put.body.message],
    [405, 'PGRST101', 'Cannot use the PUT method on RPC'])
})

check('it runs as the role of the request', async () => {
  assert.equal((await call('me', {})).body, anonymous)
  const refused = await call('corner', {})
  assert.deepEqual([refused.status, refused.body.code], [401, '42501'])
})

check('another schema is chosen by its name', async () => {
  const other = await ask('greet', { headers: { 'Accept-Profile': 'other' } })
  assert.deepEqual([other.body, other.headers.get('content-profile')], ['salut', 'other'])
  assert.equal((await call('alone', {}, { 'Content-Profile': 'other' })).body, 'alone')
  assert.equal((await call('greet', {}, { 'Content-Profile': 'none' })).body.code, 'PGRST106')
})

check('errors that a function raises have the status of their code', async () => {
  const CASES = [['P0001', 400], ['PT402', 402], ['23503', 409], ['42501', 401], ['ABCDE', 400], ['P0002', 500]]
  for (const [state, status] of CASES) {
    const answer = await call('stumble', { state })
    assert.deepEqual([answer.status, answer.body],
      [status, { code: state, message: 'oh', details: null, hint: 'look out' }], state)
  }
})

check('an error may be the whole answer', async () => {
  const said = JSON.stringify({ code: 'T1', message: 'later', hint: 'wait' })
  const more = JSON.stringify({ status: 429, headers: { 'Retry-After': '9' } })
  const whole = await call('stumble', { state: 'PGRST', said, more })
  assert.deepEqual([whole.status, whole.body, whole.headers.get('retry-after')],
    [429, { code: 'T1', message: 'later', details: null, hint: 'wait' }, '9'])
  const BAD = [
    [{ said: 'no json', more }, "Invalid JSON value for MESSAGE: 'no json'"],
    [{ said, more: '{}' }, "Invalid JSON value for DETAIL: '{}'"],
    [{ said }, 'DETAIL is missing in the RAISE statement'],
  ]
  for (const [body, details] of BAD) {
    const answer = await call('stumble', { state: 'PGRST', ...body })
    assert.deepEqual([answer.status, answer.body.code, answer.body.details], [500, 'PGRST121', details])
  }
})

check('a function of a row is a field of it, when it is asked for', async () => {
  const get = async (path) => (await server.fetch(path)).json()
  assert.deepEqual(await get('things?id=eq.1'), [{ id: 1, name: 'anvil', maker: 1, price: 10.5 }])
  assert.deepEqual(await get('things?select=id,l:label,makers(label)&label=like.*BELL*'),
    [{ id: 2, l: 'BELL 2.50', makers: { label: 'by Ada' } }])
  assert.deepEqual(await get('makers?select=label&order=label.desc'), [{ label: 'by Bo' }, { label: 'by Ada' }])
  assert.deepEqual((await ask('things_of?who=2&select=label')).body, [{ label: 'CRUMB 9.00' }])
  const written = await server.fetch('things?select=label,makers(label)', {
    method: 'POST',
    body: JSON.stringify({ id: 9, name: 'drum', maker: 2, price: 1 }),
    headers: { 'Content-Type': 'application/json', Prefer: 'return=representation, tx=rollback' },
  })
  assert.deepEqual(await written.json(), [{ label: 'DRUM 1.00', makers: { label: 'by Bo' } }])
  assert.equal((await get('things?select=labels')).code, '42703')
  assert.equal((await call('label', { m: { id: 5, name: 'Cy' } })).body, 'by Cy')
})

check('the client of supabase calls them', async () => {
  const client = new PostgrestClient(server.rest)
  const value = await client.rpc('add', { a: 1, b: 2 })
  assert.deepEqual([value.error, value.data], [null, 3])
  const rows = await client.rpc('things_of', { who: 1 }).select('name, makers(name)').order('name').limit(1)
  assert.deepEqual([rows.error, rows.data], [null, [{ name: 'anvil', makers: { name: 'Ada' } }]])
  const read = await client.rpc('feel', { m: 'sad', tags: ['x'] }, { get: true })
  assert.deepEqual([read.error, read.data?.tags], [null, ['x']])
  const counted = await client.rpc('things_of', { who: 1 }, { count: 'exact', head: true })
  assert.deepEqual([counted.error, counted.count], [null, 2])
  const one = await client.rpc('things_of', { who: 2 }).select('id').single()
  assert.deepEqual([one.error, one.data], [null, { id: 3 }])
})
