// What a database that is served as it is found says of itself: at the root, as
// OpenAPI, by the rights of who asks; and how long its answers took.

import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, before, test } from 'node:test'

import { Validator } from '@seriousme/openapi-schema-validator'

import * as postgres from './support/postgres_world.js'
import { removeWorkspace, run, serve, workspace } from './support/tenon.js'

const SECRET = 'known to this test and to the server'

const DATABASE = `
CREATE TABLE public_notes (id int PRIMARY KEY, text text);
CREATE TABLE secrets (id int PRIMARY KEY, note int REFERENCES public_notes, text text);
CREATE TABLE partly (id int PRIMARY KEY, text text, secret int REFERENCES secrets);
CREATE VIEW joined AS SELECT n.text AS a, s.text AS b FROM public_notes n JOIN secrets s ON s.note = n.id;
CREATE FUNCTION open_one(a int) RETURNS int STABLE LANGUAGE sql AS 'SELECT a';
CREATE FUNCTION closed_one(a int) RETURNS int STABLE LANGUAGE sql AS 'SELECT a';
CREATE FUNCTION shared() RETURNS int STABLE LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION root() RETURNS json STABLE LANGUAGE sql AS $$ SELECT '{"hello": "root"}'::json $$;
CREATE SCHEMA other;
CREATE TABLE other.public_notes (key int PRIMARY KEY);
CREATE FUNCTION other.shared() RETURNS int STABLE LANGUAGE sql AS 'SELECT 2';
CREATE FUNCTION other.root(n int DEFAULT 1) RETURNS json LANGUAGE plpgsql STABLE AS $$
BEGIN
  PERFORM set_config('response.headers', '[{"X-Root": "yes"}]', true);
  RETURN json_build_object('n', n);
END $$;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public, other FROM public;
CREATE SCHEMA calls;
CREATE FUNCTION calls.add(a int, b int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT a + b';
`

function sign(claims) {
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`
  return `${text}.${createHmac('sha256', SECRET).update(text).digest('base64url')}`
}

let database
let folder
let server
let anonymous
let member

before(async () => {
  if (postgres.skip) return
  database = await postgres.create()
  anonymous = `${database.name}_anonymous`
  member = `${database.name}_member`
  await database.run(`${DATABASE}
    CREATE ROLE ${anonymous} NOLOGIN;
    CREATE ROLE ${member} NOLOGIN;
    GRANT USAGE ON SCHEMA public, other TO ${anonymous}, ${member};
    GRANT USAGE ON SCHEMA calls TO ${anonymous};
    GRANT SELECT ON public_notes, other.public_notes TO ${anonymous};
    GRANT SELECT (id, text), INSERT (id, text) ON partly TO ${anonymous};
    GRANT EXECUTE ON FUNCTION open_one, shared, other.shared, root, other.root TO ${anonymous};
    GRANT ALL ON ALL TABLES IN SCHEMA public TO ${member};
    GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO ${member};`)
  folder = await workspace()
  server = await start('--server-timing')
})

const start = (...args) =>
  serve(folder, ['--introspect', '--database', database.url, '--expose', 'public,other', '--anon-role', anonymous,
    '--max-rows', '2', ...args], { env: { TENON_JWT_SECRET: SECRET } })

after(async () => {
  await server?.stop()
  await database?.run(`DROP OWNED BY ${anonymous}, ${member}; DROP ROLE ${anonymous}, ${member}`)
  await database?.drop()
  if (folder) await removeWorkspace(folder)
})

const check = (name, run) => test(name, { skip: postgres.skip }, run)

async function get(path, headers = {}, from = server) {
  const response = await fetch(`${from.url}${path}`, { headers })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) }
}

const asMember = () => ({ Authorization: `Bearer ${sign({ role: member })}` })
const paths = (answer) => Object.keys(answer.body.paths).sort()

check('the root tells each role what it may use, and nothing else', async () => {
  for (const path of ['/', '/rest/v1/']) {
    const seen = await get(path)
    assert.equal(seen.status, 200)
    assert.equal(seen.headers.get('content-type'), 'application/openapi+json; charset=utf-8')
    assert.deepEqual(paths(seen), ['/', '/partly', '/public_notes', '/rpc/open_one', '/rpc/root', '/rpc/shared'])
    assert.deepEqual(Object.keys(seen.body.paths['/public_notes']), ['get'])
    assert.deepEqual(Object.keys(seen.body.paths['/partly']).sort(), ['get', 'post'])
    assert.doesNotMatch(JSON.stringify(seen.body), /secrets|closed_one|joined/)
  }
  const all = await get('/', asMember())
  assert.deepEqual(paths(all), ['/', '/joined', '/partly', '/public_notes', '/rpc/closed_one', '/rpc/open_one', '/rpc/root',
    '/rpc/shared', '/secrets'])
  // The view is of two tables, and so takes no writes.
  assert.deepEqual(Object.keys(all.body.paths['/joined']), ['get'])
  assert.match(JSON.stringify(all.body.definitions.secrets), /<fk table='public_notes' column='id'\/>/)
})

check('it is about one schema, which the header names', async () => {
  const other = await get('/', { 'Accept-Profile': 'other' })
  assert.deepEqual(paths(other), ['/', '/public_notes', '/rpc/root', '/rpc/shared'])
  assert.deepEqual(Object.keys(other.body.definitions.public_notes.properties), ['key'])
  assert.equal(other.headers.get('content-profile'), 'other')
  const none = await get('/', { 'Accept-Profile': 'calls' })
  assert.deepEqual([none.status, none.body.code], [406, 'PGRST106'])
})

check('both documents are valid', async () => {
  for (const path of ['/', '/openapi.json']) {
    for (const headers of [{}, asMember()]) {
      const { body } = await get(path, headers)
      const { valid, errors } = await new Validator({ strict: false }).validate(structuredClone(body))
      assert.ok(valid, `${path}: ${JSON.stringify(errors, null, 2)}`)
    }
  }
  assert.doesNotMatch(JSON.stringify((await get('/openapi.json')).body), /secrets|closed_one|joined/)
  assert.match(JSON.stringify((await get('/openapi.json', asMember())).body), /secrets/)
})

check('it is one kind of document, whatever else is accepted', async () => {
  const CASES = [
    ['application/openapi+json', 200],
    ['application/json', 200],
    ['text/html, */*;q=0.1', 200],
    ['text/csv', 406],
    ['application/vnd.pgrst.object+json', 406],
    ['text/html', 406],
    ['application/geo+json', 406],
  ]
  for (const [accept, status] of CASES) assert.equal((await get('/', { Accept: accept })).status, status, accept)
  const table = await get('/public_notes', { Accept: 'application/openapi+json' })
  assert.deepEqual([table.status, table.body.code], [406, 'PGRST107'])
})

check('who is refused by the database learns nothing', async () => {
  const refused = await get('/', { Authorization: 'Bearer nonsense' })
  assert.deepEqual([refused.status, refused.body.code], [401, 'PGRST301'])
  const nobody = await get('/', { Authorization: `Bearer ${sign({ role: 'nobody at all' })}` })
  assert.equal(nobody.status, 400)
})

check('privileges may be left aside, and so may be the documents', async (t) => {
  const all = await start('--openapi-mode', 'ignore-privileges')
  t.after(() => all.stop())
  assert.match(JSON.stringify((await get('/', {}, all)).body), /secrets/)
  const none = await start('--openapi-mode', 'disabled')
  t.after(() => none.stop())
  for (const path of ['/', '/rest/v1/', '/openapi.json']) {
    const { status, body } = await get(path, {}, none)
    assert.deepEqual([status, body.code, body.message], [404, 'PGRST126', 'Root endpoint metadata is disabled'])
  }
  assert.equal((await get('/public_notes', {}, none)).status, 200)
  const { code, stderr } = await run(folder, ['serve', '--introspect', '--database', database.url, '--listen', '127.0.0.1:0',
    '--openapi-mode', 'some'])
  assert.notEqual(code, 0)
  assert.match(stderr, /openapi-mode: expected follow-privileges, ignore-privileges or disabled, got 'some'/)
})

check('a function may answer the root', async (t) => {
  const own = await start('--root-spec', 'root')
  t.after(() => own.stop())
  const answer = await get('/', { Accept: 'application/openapi+json' }, own)
  assert.deepEqual([answer.status, answer.body], [200, { hello: 'root' }])
  assert.equal(answer.headers.get('content-type'), 'application/openapi+json; charset=utf-8')
  assert.deepEqual((await get('/rest/v1/', {}, own)).body, { hello: 'root' })
  assert.deepEqual((await get('/', { 'Accept-Profile': 'other' }, own)).body, { n: 1 })

  const named = await start('--root-spec', 'other.root')
  t.after(() => named.stop())
  const given = await get('/?n=7', {}, named)
  assert.deepEqual([given.body, given.headers.get('x-root')], [{ n: 7 }, 'yes'])

  const missing = await start('--root-spec', 'nowhere."x')
  t.after(() => missing.stop())
  assert.deepEqual([(await get('/', {}, missing)).status, (await get('/', {}, missing)).body.code], [404, 'PGRST202'])
})

check('a schema of functions alone is served', async (t) => {
  const calls = await start('--expose', 'calls')
  t.after(() => calls.stop())
  assert.equal((await get('/rpc/add?a=1&b=2', {}, calls)).body, 3)
  assert.deepEqual(paths(await get('/', {}, calls)), ['/', '/rpc/add'])
})

check('Server-Timing tells how long the parts of an answer took, also of a failure', async () => {
  const FORM = /^jwt;dur=[\d.]+, parse;dur=[\d.]+, plan;dur=[\d.]+, transaction;dur=[\d.]+, response;dur=[\d.]+$/
  for (const path of ['/public_notes', '/rpc/open_one?a=1', '/', '/nowhere']) {
    const { headers } = await get(path, asMember())
    assert.match(headers.get('server-timing'), FORM, path)
  }
  const written = await fetch(`${server.url}/partly`, {
    method: 'POST', body: '{"id":1}', headers: { ...asMember(), 'Content-Type': 'application/json' },
  })
  assert.equal(written.status, 201)
  assert.match(written.headers.get('server-timing'), FORM)
  assert.ok(Number(/transaction;dur=([\d.]+)/.exec(written.headers.get('server-timing'))[1]) > 0)
})
