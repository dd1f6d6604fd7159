// A database served as it is found, asked by those who mean ill: no request
// borrows the role or the claims of another one, and none takes the server
// down.

import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, before, test } from 'node:test'

import * as postgres from './support/postgres_world.js'
import { removeWorkspace, serve, workspace } from './support/tenon.js'

const SECRET = 'known to this test and to the server'

const answering = (name, setting, value) =>
  `CREATE VIEW ${name} AS SELECT set_config('response.${setting}', '${value}', true) AS x;`

const DATABASE = `
CREATE TABLE bare (a int, b text);
INSERT INTO bare VALUES (1, 'x'), (2, 'y');
CREATE VIEW shown AS SELECT a, b FROM bare;
CREATE VIEW who AS SELECT current_user::text AS role, current_setting('request.jwt.claims')::json AS claims;
CREATE TABLE secret (id int PRIMARY KEY, text text);
INSERT INTO secret VALUES (1, 'hidden');
CREATE TABLE child (id int PRIMARY KEY, secret_id int REFERENCES secret, text text);
INSERT INTO child VALUES (1, 1, 'c');
CREATE TABLE named (name text PRIMARY KEY, n int);
CREATE TABLE wide (a int, b text);
CREATE TABLE written (n int);
CREATE FUNCTION write() RETURNS int SECURITY DEFINER LANGUAGE sql AS 'INSERT INTO written VALUES (1) RETURNING n';
CREATE VIEW writing AS SELECT write() AS n;
CREATE FUNCTION look() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('request.headers')::json->>'x-refuse' = 'yes' THEN
    RAISE check_violation USING CONSTRAINT = 'tenon_states_bare', COLUMN = 'a', MESSAGE = 'not so';
  END IF;
END $$;
${answering('longer', 'headers', '[{"content-length":"3"}]')}
${answering('chunked', 'headers', '[{"Transfer-Encoding":"chunked"}]')}
${answering('split', 'headers', '[{"X-A":"b\\r\\nX-C: d"}]')}
${answering('many', 'headers', JSON.stringify(Array.from({ length: 24 }, (_, i) => ({ [`X-${i}`]: 'y' }))))}
${answering('typed', 'headers', '[{"Content-Type":"text/plain"}]')}
${answering('wrong', 'status', '99')}
`

function sign(claims) {
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${encode({ alg: 'HS256' })}.${encode(claims)}`
  return { Authorization: `Bearer ${text}.${createHmac('sha256', SECRET).update(text).digest('base64url')}` }
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
  // Both see the rest; the secret is the member's alone.
  await database.run(`${DATABASE}
    CREATE ROLE ${anonymous} NOLOGIN;
    CREATE ROLE ${member} NOLOGIN;
    GRANT USAGE ON SCHEMA public TO ${anonymous}, ${member};
    GRANT ALL ON ALL TABLES IN SCHEMA public TO ${anonymous}, ${member};
    REVOKE ALL ON secret FROM ${anonymous};`)
  folder = await workspace()
  server = await serve(
    folder,
    ['--introspect', '--database', database.url, '--expose', 'public', '--anon-role', anonymous, '--pre-request', 'look'],
    { env: { TENON_JWT_SECRET: SECRET } },
  )
})

after(async () => {
  await server?.stop()
  await database?.run(`DROP OWNED BY ${anonymous}, ${member}; DROP ROLE ${anonymous}, ${member}`)
  await database?.drop()
  if (folder) await removeWorkspace(folder)
})

const check = (name, run) => test(name, { skip: postgres.skip }, run)

async function ask(path, init = {}) {
  const response = await server.fetch(path, init)
  const text = await response.text()
  return { status: response.status, type: response.headers.get('content-type'), body: text && JSON.parse(text) }
}

const write = (path, body, headers = {}, method = 'POST') =>
  ask(path, { method, body: JSON.stringify(body), headers: { 'Content-Type': 'application/json', ...headers } })

check('no request is answered as somebody else, whatever goes wrong around it', async () => {
  const ROUNDS = 600
  const FAULTS = [
    () => ask('who', { headers: sign({ role: 'nobody knows' }) }),
    () => ask('who', { headers: sign({ role: `${member}\0` }) }),
    () => ask('child?select=id,secret(text)'),
    () => ask('bare?a=eq.x', { headers: sign({ role: member }) }),
    () => ask('bare?limit=1', { headers: { Prefer: 'count=exact', ...sign({ role: member }) } }),
    () => write('child', { id: 1 }, sign({ role: member })),
    () => write('bare', {}, sign({ role: 'nobody knows' })),
  ]
  const one = async (i) => {
    const role = i % 2 ? member : anonymous
    const count = i % 3 ? {} : { Prefer: 'count=exact' }
    const [, answer] = await Promise.all([
      FAULTS[i % FAULTS.length](),
      ask('who', { headers: { ...sign({ role, sub: `user ${i}` }), ...count } }),
    ])
    assert.deepEqual(answer.body, [{ role, claims: { role, sub: `user ${i}` } }])
  }
  const numbers = Array.from({ length: ROUNDS }, (_, i) => i)
  await Promise.all(Array.from({ length: 30 }, async () => {
    while (numbers.length > 0) await one(numbers.pop())
  }))
})

check('a token cannot end the switch of roles', async () => {
  const { status, body } = await ask('who', { headers: sign({ role: 'none' }) })
  assert.deepEqual([status, body.code], [401, 'PGRST303'])
})

check('what a role may not read is not embedded, asked for or counted', async () => {
  for (const path of [
    'secret', 'child?select=id,secret(text)', 'child?select=id,secret!inner()', 'child?select=id,secret()&secret=is.null',
    'child?select=id,secret(count)', 'child?select=id,secret!inner()&secret.text=eq.hidden',
  ]) {
    for (const headers of [{}, { Prefer: 'count=exact' }, { Prefer: 'count=planned' }]) {
      const { status, body } = await ask(path, { headers })
      assert.ok(status === 401 || status === 400, `${path}: ${status}`)
      assert.ok(!JSON.stringify(body).includes('hidden'), path)
    }
  }
})

check('a GET writes nothing, whoever owns what it calls', async () => {
  const { status, body } = await ask('writing')
  assert.deepEqual([status, body.code], [405, '25006'])
  assert.deepEqual(await database.rows('SELECT * FROM written'), [])
})

check('rows without a key can be written in every way that there is', async () => {
  for (const name of ['bare', 'shown']) {
    for (const preference of [
      'resolution=merge-duplicates', 'resolution=ignore-duplicates', 'return=headers-only',
      'return=headers-only,resolution=merge-duplicates',
    ]) {
      const { status } = await write(name, { a: 3 }, { Prefer: preference })
      assert.equal(status, 201, `${name}: ${preference}`)
    }
    assert.equal((await write(`${name}?a=eq.1`, { a: 1 }, {}, 'PUT')).status, 405)
    assert.equal((await write(`${name}?a=eq.1`, { b: 'z' }, { 'If-Match': '"x"' }, 'PATCH')).status, 412)
  }
})

check('what is raised before a write is told, whatever it is called', async () => {
  for (const method of ['POST', 'PATCH', 'DELETE']) {
    const path = method === 'POST' ? 'bare' : 'bare?a=eq.1'
    const { status, body } = await write(path, { a: 3 }, { 'X-Refuse': 'yes' }, method)
    assert.deepEqual([status, body.code, body.message], [400, '23514', 'not so'])
  }
})

check('a cell of CSV or of a form is one value, whatever is written in it', async () => {
  const HOSTILE = ['x","c0":"9', '"x","c0":9', 'x"},{"c0":1,"c1":"y', '}', '', '\\u0041', 'null', "'; DROP TABLE bare; --"]
  for (const text of HOSTILE) {
    const csv = `a,b\n7,"${text.replaceAll('"', '""')}"\n`
    const form = `a=7&b=${encodeURIComponent(text)}`
    for (const [type, body] of [['text/csv', csv], ['application/x-www-form-urlencoded', form]]) {
      const headers = { 'Content-Type': type, Prefer: 'return=representation' }
      const made = await ask('bare', { method: 'POST', body, headers })
      assert.deepEqual([made.status, made.body], [201, [{ a: 7, b: text }]], `${type}: ${JSON.stringify(made.body)}`)
    }
  }
})

check('PUT compares keys that are texts', async () => {
  const put = (path, body) => write(path, body, { Prefer: 'return=representation' }, 'PUT')
  assert.deepEqual((await put('named?name=eq.a"b', { name: 'a"b', n: 1 })).body, [{ name: 'a"b', n: 1 }])
  const refused = await put('named?name=eq.a"b', { name: 'a', n: 1 })
  assert.deepEqual([refused.status, refused.body.code], [400, 'PGRST115'])
})

check('what a batch hands back is bounded, and nothing is written beyond it', async () => {
  await database.run(`INSERT INTO wide SELECT n, repeat('x', 2000) FROM generate_series(1, 20000) n`)
  const item = { method: 'PATCH', path: 'wide', headers: { Prefer: 'return=representation' }, body: { a: 0 } }
  const { status, body } = await write('', Array.from({ length: 20 }, () => item))
  assert.deepEqual([status, body.code], [413, '54000'])
  assert.deepEqual(await database.rows('SELECT count(*) FROM wide WHERE a = 0'), [{ count: 0 }])
})

check('pages do not begin behind rows', async () => {
  for (const path of ['bare', 'shown', 'child', 'child?order=id', 'child?cursor=after.AAAA']) {
    const { status } = await ask(path, { headers: { Prefer: 'paging=keyset' } })
    assert.equal(status, 400, path)
  }
})

check('the database says nothing about where an answer ends', async () => {
  for (const name of ['longer', 'chunked', 'split', 'many', 'wrong']) {
    const { status, body } = await ask(name)
    assert.equal(status, 500, name)
    assert.match(body.code, /^PGRST11[12]$/)
  }
  assert.equal((await server.fetch('typed')).headers.get('content-type'), 'text/plain')
})
