// Rows of a database that is served as it is found, as CSV and in an order: only
// PostgreSQL knows how values of its types are written and compared.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import * as postgres from './support/postgres_world.js'
import { removeWorkspace, serve, workspace } from './support/tenon.js'

const DATABASE = `
CREATE TYPE mood AS ENUM ('sad', 'ok', 'great');
CREATE TYPE pair AS (x int, y text);
CREATE TABLE things (
  id int PRIMARY KEY, words text[], numbers int[], grid int[][], flags bool[], moods mood[], pairs pair[], docs jsonb[],
  at timestamptz, span int4range, one pair, is_on bool, doc jsonb, price numeric(8,2), raw bytea, nothing text);
INSERT INTO things VALUES (1, '{a,"b c",NULL,"","NULL","q\\"t","b\\\\s"}', '{1,2}', '{{1,2},{3,4}}', '{t,f}', '{ok,great}',
  ARRAY[(1, 'a b')::pair], ARRAY['{"a": 1}'::jsonb], '2024-01-31 12:00:00.5+00', '[1,5)', (1, 'x,y'), true,
  '{"b": [1, 2]}', 9.50, '\\x00ff', NULL);
INSERT INTO things (id) VALUES (2);
CREATE FUNCTION words_of(things) RETURNS text[] IMMUTABLE LANGUAGE sql AS 'SELECT $1.words[1:2]';
CREATE FUNCTION list() RETURNS int[] STABLE LANGUAGE sql AS $$ SELECT '{1,2}'::int[] $$;
CREATE FUNCTION touch() RETURNS SETOF things LANGUAGE sql AS 'UPDATE things SET nothing = NULL WHERE id = 1 RETURNING *';
CREATE FUNCTION any_row() RETURNS record STABLE LANGUAGE sql AS $$ SELECT 1, 'a b'::text $$;
CREATE TABLE ranked (id int PRIMARY KEY, n numeric, mood mood, parent int REFERENCES ranked, at timestamptz);
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
    GRANT ALL ON ALL TABLES IN SCHEMA public TO ${anonymous};`)
  folder = await workspace()
  server = await serve(folder, ['--introspect', '--database', database.url, '--anon-role', anonymous, '--aggregates',
    '--tx-end', 'commit-allow-override'])
})

after(async () => {
  await server?.stop()
  await database?.run(`DROP OWNED BY ${anonymous}; DROP ROLE ${anonymous}`)
  await database?.drop()
  if (folder) await removeWorkspace(folder)
})

const check = (name, run) => test(name, { skip: postgres.skip }, run)

async function csv(path, init = {}) {
  const response = await server.fetch(path, { ...init, headers: { Accept: 'text/csv', ...init.headers } })
  const text = await response.text()
  assert.ok(response.ok, text)
  assert.equal(response.headers.get('content-type'), 'text/csv; charset=utf-8')
  return text
}

async function write(path, body, method = 'POST', headers = {}) {
  const response = await server.fetch(path, {
    method,
    body: body && JSON.stringify(body),
    headers: { 'Content-Type': 'application/json', Prefer: 'return=representation,tx=rollback', ...headers },
  })
  const text = await response.text()
  assert.ok(response.ok, text)
  return JSON.parse(text)
}

check('a row in CSV is the record that PostgreSQL writes, without its parentheses', async () => {
  const [{ record }] = await database.rows('SELECT t::text AS record FROM things t WHERE id = 1')
  const [, row] = (await csv('things?id=eq.1')).split(/\n(.*)/s)
  assert.equal(`(${row})`, record)
  for (const list of ['"{a,""b c"",NULL,', '{{1,2},{3,4}}', '{t,f}', '"2024-01-31 12:00:00.5+00"', '"(1,""x,y"")"']) {
    assert.ok(row.includes(list), `${list} in ${row}`)
  }
  assert.equal(await csv('things?select=id,words,is_on&id=eq.2'), 'id,words,is_on\n2,,')
})

check('so it is under an alias, computed, from a function and after a write', async () => {
  assert.equal(await csv('things?select=w:words_of,n:numbers&id=eq.1'), 'w,n\n"{a,""b c""}","{1,2}"')
  assert.equal(await csv('rpc/any_row'), 'any_row\n"(1,""a b"")"')
  assert.equal(await csv('rpc/list'), 'list\n"{1,2}"')
  const written = { method: 'POST', headers: { 'Content-Type': 'application/json', Prefer: 'return=representation,tx=rollback' } }
  assert.equal(await csv('rpc/touch?select=numbers,is_on', { ...written, body: '{}' }), 'numbers,is_on\n"{1,2}",t')
  assert.equal(await csv('things?select=numbers,moods&order=numbers', { ...written, body: JSON.stringify([
    { id: 8, numbers: [10], moods: ['sad'] }, { id: 9, numbers: [9], moods: ['great', 'ok'] }]) }),
  'numbers,moods\n{9},"{great,ok}"\n{10},{sad}')
  assert.equal(await csv('things?select=is_on,count()&order=is_on'), 'is_on,count\nt,1\n,1')
  assert.equal(await csv('ranked?select=id,ranked(id)'), 'id,ranked')
  assert.equal(await csv('things?select=numbers::text,doc->b&id=eq.1'), 'numbers,b\n"{1,2}","[1, 2]"')
})

check('what is lifted from a related row is a column like the others', async () => {
  await database.run(`INSERT INTO ranked VALUES (50, 1, 'ok', NULL, '2024-01-31 12:00+00'), (51, 2, 'sad', 50, NULL)`)
  const path = 'ranked?select=id,...parent(up:mood,at,...parent(top:n)),ranked(id)&id=in.(50,51)&order=id'
  assert.equal(await csv(path), 'id,up,at,top,ranked\n50,,,,"[{""id"":51}]"\n51,ok,"2024-01-31 12:00:00+00",,[]')
  await database.run('DELETE FROM ranked')
})

const RANKED = [
  { id: 1, n: 10, mood: 'great', at: '2024-01-31T12:00:00+02:00' },
  { id: 2, n: 9, mood: 'ok', at: '2024-01-31T11:00:00+00:00' },
  { id: 3, n: 100, mood: 'sad', parent: 1, at: null },
  { id: 4, n: null, mood: 'great', parent: 2, at: '2024-01-30T23:00:00-05:00' },
].map((row) => ({ parent: null, ...row }))

check('written rows come back in the order that is asked for, as the database compares', async () => {
  const ids = async (query, ...rest) => (await write(`ranked?select=id&${query}`, ...rest)).map((row) => row.id)
  assert.deepEqual(await ids('order=n', RANKED), [2, 1, 3, 4])
  assert.deepEqual(await ids('order=n.desc.nullslast', RANKED), [3, 1, 2, 4])
  assert.deepEqual(await ids('order=mood,id.desc', RANKED), [3, 2, 4, 1])
  assert.deepEqual(await ids('order=at.nullsfirst', RANKED), [3, 4, 1, 2])
  assert.deepEqual(await ids('order=n&limit=2&offset=1', RANKED), [1, 3])
  await write('ranked', RANKED, 'POST', { Prefer: 'return=representation' })
  assert.deepEqual(await ids('order=n.desc&id=lte.3', { mood: 'ok' }, 'PATCH'), [3, 1, 2])
  assert.deepEqual(await ids('order=mood.desc,id&id=gte.2', undefined, 'DELETE'), [4, 2, 3])
  const merged = { Prefer: 'return=representation,resolution=merge-duplicates,tx=rollback' }
  assert.deepEqual(await ids('order=n', [...RANKED.slice(0, 2), { ...RANKED[2], id: 5 }], 'POST', merged), [2, 1, 5])
  const embedded = await write('ranked?select=id,up:parent(n)&order=n.desc&id=lte.2', { mood: 'ok' }, 'PATCH')
  assert.deepEqual(embedded, [{ id: 1, up: null }, { id: 2, up: null }])
})
