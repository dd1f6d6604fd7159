// A PostgreSQL database served as it is found: `tenon serve --introspect`. Its
// roles and its row level security decide, by the token of each request.

import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, before, test } from 'node:test'

import * as postgres from './support/postgres_world.js'
import { removeWorkspace, run, serve, workspace } from './support/tenon.js'

const SECRET = 'known to this test and to the server'

const DATABASE = `
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE notes (
  id serial PRIMARY KEY,
  owner text NOT NULL DEFAULT current_setting('request.jwt.claims', true)::json ->> 'sub',
  text text NOT NULL,
  mood mood,
  days int4range,
  tags text[],
  extra jsonb,
  created timestamptz NOT NULL DEFAULT '2024-01-01 12:00+00'
);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes USING (owner = current_setting('request.jwt.claims', true)::json ->> 'sub');
CREATE TABLE comments (id int PRIMARY KEY, note_id int CONSTRAINT of_note REFERENCES notes, text varchar(5));
CREATE TABLE countries (code text PRIMARY KEY, name text);
CREATE VIEW headlines AS SELECT id AS note, upper(text) AS title FROM notes;
CREATE SCHEMA other CREATE TABLE things (id int PRIMARY KEY);
INSERT INTO other.things VALUES (7);
CREATE FUNCTION other.look() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('response.headers', json_build_array(json_build_object(
    'X-Seen', concat_ws(' ', current_user, current_setting('request.method'), current_setting('request.path'),
      current_setting('request.headers')::json ->> 'x-said', current_setting('request.cookies')::json ->> 'c',
      current_setting('app.settings.mode'))))::text, true);
  IF current_setting('request.headers')::json ->> 'x-said' = 'teapot' THEN
    PERFORM set_config('response.status', '418', true);
  END IF;
END $$;
`

const member = (sub, claims = {}) => sign({ role: member.role, sub, ...claims })

function sign(claims, secret = SECRET) {
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
}

let database
let folder
let server
let anonymous

before(async () => {
  if (postgres.skip) return
  database = await postgres.create()
  // Roles belong to the cluster.
  anonymous = `${database.name}_anonymous`
  member.role = `${database.name}_member`
  await database.run(`${DATABASE}
    CREATE ROLE ${anonymous} NOLOGIN;
    CREATE ROLE ${member.role} NOLOGIN;
    GRANT USAGE ON SCHEMA public, other TO ${anonymous}, ${member.role};
    GRANT SELECT ON headlines, other.things TO ${anonymous};
    GRANT ALL ON ALL TABLES IN SCHEMA public, other TO ${member.role};
    GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO ${member.role};`)
  folder = await workspace()
  server = await serve(
    folder,
    ['--introspect', '--database', database.url, '--expose', 'public,other', '--anon-role', anonymous,
      '--pre-request', 'other.look', '--app-settings', 'app.settings.mode=trial', '--aggregates'],
    { env: { TENON_JWT_SECRET: SECRET } },
  )
})

after(async () => {
  await server?.stop()
  await database?.run(`DROP OWNED BY ${anonymous}, ${member.role}; DROP ROLE ${anonymous}, ${member.role}`)
  await database?.drop()
  if (folder) await removeWorkspace(folder)
})

const check = (name, run) => test(name, { skip: postgres.skip }, run)

async function ask(path, { token, ...init } = {}) {
  const headers = { ...(token ? { Authorization: `Bearer ${token}` } : {}), ...init.headers }
  const response = await server.fetch(path, { ...init, headers })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) }
}

const write = (path, token, body, headers = {}, method = 'POST') =>
  ask(path, {
    token,
    method,
    body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json', Prefer: 'return=representation', ...headers },
  })

check('rows of any type are written and come back as the database shows them', async () => {
  const note = {
    text: 'a "quoted" text', mood: 'ok', days: '[2024,2030)', tags: ['a', 'b c'], extra: { a: [1, null] },
  }
  const made = await write('notes?select=*', member('ann'), note)
  assert.equal(made.status, 201, JSON.stringify(made.body))
  assert.deepEqual(made.body, [{ id: 1, owner: 'ann', ...note, created: '2024-01-01T12:00:00+00:00' }])
})

check('everybody sees their own rows', async () => {
  await write('notes', member('bob'), { text: 'of bob' })
  const ann = await ask('notes?select=text', { token: member('ann') })
  const bob = await ask('notes?select=text', { token: member('bob') })
  assert.deepEqual(ann.body.map((note) => note.text), ['a "quoted" text'])
  assert.deepEqual(bob.body.map((note) => note.text), ['of bob'])
})

check('filters have the operators of the type', async () => {
  const token = member('ann')
  for (const filter of [
    'days=cs.[2025,2026)', 'days=adj.[2030,2040)', 'days=sl.(2040,)', 'tags=cs.{a}', 'tags=ov.{"b c",x}', 'mood=gt.sad',
    'extra->a->>0=eq.1', 'extra=cs.{"a":[1]}', 'created=lt.2024-02-01', 'text=ilike.*QUOTED*', 'id=in.(1,2)',
    'text=wfts(english).quoted', 'mood=is.not_null', 'id=eq(any).{1,5}',
  ]) {
    const { status, body } = await ask(`notes?select=id&${encodeURI(filter)}`, { token })
    assert.deepEqual([status, body], [200, [{ id: 1 }]], `${filter}: ${JSON.stringify(body)}`)
  }
})

check('what the database refuses comes with its code, words and the status that belongs to it', async () => {
  const token = member('ann')
  const CASES = [
    ['notes?id=eq.x', 400, '22P02', 'invalid input syntax for type integer: "x"'],
    ['notes?id=like.1*', 404, '42883', 'operator does not exist: integer ~~ unknown'],
    ['notes?mood=eq.happy', 400, '22P02', 'invalid input value for enum mood: "happy"'],
    ['notes?days=cs.[3,2)', 400, '22000', 'range lower bound must be less than or equal to range upper bound'],
  ]
  for (const [path, status, code, message] of CASES) {
    const { body, status: got } = await ask(path, { token })
    assert.deepEqual([got, body.code, body.message], [status, code, message])
  }
  const long = await write('comments', token, { id: 9, text: 'too long' })
  assert.deepEqual([long.status, long.body.code], [400, '22001'])
})

check('without a token the anonymous role is asked, and may do little', async () => {
  const seen = await ask('headlines?select=title&order=note')
  assert.deepEqual(seen.body.map((row) => row.title), ['A "QUOTED" TEXT', 'OF BOB'])
  const refused = await ask('notes')
  assert.deepEqual([refused.status, refused.body.code], [401, '42501'])
  assert.equal(refused.headers.get('www-authenticate'), 'Bearer')
  const named = await ask('notes', { token: sign({ role: anonymous }) })
  assert.deepEqual([named.status, named.body.code], [403, '42501'])
})

check('related rows are embedded, also from a view of a table', async () => {
  const token = member('ann')
  await write('comments', token, [{ id: 1, note_id: 1, text: 'x' }, { id: 2, note_id: 1, text: 'y' }])
  const notes = await ask('notes?select=id,comments(text)&comments.order=text.desc', { token })
  assert.deepEqual(notes.body, [{ id: 1, comments: [{ text: 'y' }, { text: 'x' }] }])
  const comments = await ask('comments?select=id,headlines(title)&order=id&limit=1', { token })
  assert.deepEqual(comments.body, [{ id: 1, headlines: { title: 'A "QUOTED" TEXT' } }])
  const several = await ask('comments?select=id,things(id)', { token })
  assert.deepEqual([several.status, several.body.code], [400, 'PGRST200'])
})

check('rows are updated, merged and deleted', async () => {
  const token = member('cid')
  const made = await write('notes?select=id', token, [{ text: 'one' }, { text: 'two' }])
  const [one, two] = made.body.map((note) => note.id)
  const updated = await write(`notes?id=eq.${one}&select=text,tags`, token, { text: 'uno', tags: ['x'] }, {}, 'PATCH')
  assert.deepEqual(updated.body, [{ text: 'uno', tags: ['x'] }])
  const merged = await write('notes?select=id,text', token, [{ id: two, text: 'due' }, { id: 900, text: 'new' }], {
    Prefer: 'return=representation,resolution=merge-duplicates',
  })
  assert.equal(merged.status, 201, JSON.stringify(merged.body))
  assert.deepEqual(merged.body.map((note) => note.text), ['due', 'new'])
  const gone = await ask('notes?select=id&id=eq.900', {
    token, method: 'DELETE', headers: { Prefer: 'return=representation' },
  })
  assert.deepEqual(gone.body, [{ id: 900 }])
})

check('another schema is chosen by its name', async () => {
  const things = await ask('things', { headers: { 'Accept-Profile': 'other' } })
  assert.deepEqual([things.status, things.body], [200, [{ id: 7 }]])
  assert.equal(things.headers.get('content-profile'), 'other')
  assert.equal((await ask('things')).status, 404)
})

check('sums and totals are the database\'s', async () => {
  const token = member('ann')
  const sum = await ask('comments?select=note_id,id.sum(),count()', { token })
  assert.deepEqual(sum.body, [{ note_id: 1, sum: 3, count: 2 }])
  const counted = await ask('comments?limit=1', { token, headers: { Prefer: 'count=exact' } })
  assert.equal(counted.headers.get('content-range'), '0-0/2')
})

check('groups beside related rows are the database\'s, too', async () => {
  const token = member('ann')
  const CASES = [
    ['comments?select=count(),notes(owner)', [{ count: 2, notes: { owner: 'ann' } }]],
    ['comments?select=count(),...notes(owner,id.sum())', [{ count: 2, owner: 'ann', sum: 2 }]],
    ['notes?select=count(),comments(count())&comments.id=gt.1&id=eq.1', [{ count: 1, comments: [{ count: 1 }] }]],
    ['notes?select=extra,count()&id=eq.1', [{ extra: { a: [1, null] }, count: 1 }]],
  ]
  for (const [path, expected] of CASES) {
    const { status, body } = await ask(path, { token })
    assert.deepEqual([status, body], [200, expected], path)
  }
  const many = await ask('notes?select=owner,...comments(id.max())', { token })
  assert.deepEqual([many.status, many.body.code], [400, 'PGRST127'])
})

check('written rows are ordered as what they are', async () => {
  const token = member('ann')
  const rows = [100, 9, 20].map((id) => ({ id, note_id: 1, text: `t${id}` }))
  const made = await write('comments?select=id,notes(id)&order=notes(id),id.desc', token, rows)
  assert.deepEqual(made.body?.map?.(({ id }) => id), [100, 20, 9], JSON.stringify(made.body))
  const groups = await write('comments?select=note_id,count()&id=gt.8', token, { text: 'x' }, {}, 'PATCH')
  assert.deepEqual([groups.status, groups.body.code], [400, 'PGRST127'])
  const gone = await write('comments?select=id&id=gt.8&order=text.desc,id', token, undefined, {}, 'DELETE')
  assert.deepEqual(gone.body.map(({ id }) => id), [9, 20, 100])
})

check('the function before sees the request and may answer with headers and a status', async () => {
  const said = await ask('headlines?limit=1', { headers: { 'X-Said': 'hello', Cookie: 'b=1; c=2' } })
  assert.equal(said.headers.get('x-seen'), `${anonymous} GET /rest/v1/headlines hello 2 trial`)
  assert.equal((await ask('headlines?limit=1', { headers: { 'X-Said': 'teapot' } })).status, 418)
  const made = await write('notes', member('dan'), { text: 'x' }, { 'X-Said': 'hi' })
  assert.equal(made.headers.get('x-seen'), `${member.role} POST /rest/v1/notes hi  trial`.replace('  ', ' '))
})

check('tokens that are not to be trusted are refused', async () => {
  const CASES = [
    ['nonsense', 'PGRST301', 'Expected 3 parts in JWT; got 1'],
    [sign({ role: member.role }, 'some other secret of this length!'), 'PGRST301', 'No suitable key or wrong key type'],
    [member('ann', { exp: 1 }), 'PGRST303', 'JWT expired'],
  ]
  for (const [token, code, message] of CASES) {
    const { status, body, headers } = await ask('headlines', { token })
    assert.deepEqual([status, body.code, body.message], [401, code, message])
    assert.match(headers.get('www-authenticate'), /^Bearer/)
  }
  const unknown = await ask('headlines', { token: sign({ role: 'nobody knows' }) })
  assert.deepEqual([unknown.status, unknown.body.code], [400, '22023'])
})

check('a role ends with its request', async () => {
  const both = await Promise.all(
    Array.from({ length: 40 }, (_, i) => ask('headlines?limit=1', { token: i % 2 ? member('ann') : undefined })),
  )
  both.forEach((answer, i) =>
    assert.ok(answer.headers.get('x-seen').startsWith(`${i % 2 ? member.role : anonymous} `)))
})

check('tables are at the root, too, and so is what describes them', async () => {
  const rows = await fetch(`${server.url}/headlines?select=note&limit=1`)
  assert.deepEqual([rows.status, await rows.json()], [200, [{ note: 1 }]])
  assert.equal(rows.headers.get('content-location'), '/headlines?limit=1&select=note')
  const headers = { Authorization: `Bearer ${member('ann')}` }
  const description = await (await fetch(`${server.url}/`, { headers })).json()
  assert.equal(description.definitions.notes.properties.days.format, 'int4range')
  const made = await write('countries', member('ann'), { code: 'a b', name: 'x' }, { Prefer: 'return=headers-only' })
  assert.equal(made.headers.get('location'), '/rest/v1/countries?code=eq.a%20b')
})

check('what cannot be served is said at the start', async () => {
  const CASES = [
    [['--database', 'file:app.db'], /only a PostgreSQL database is served without a schema file/],
    [['--database', database.url, '--expose', 'nowhere'], /the database has no schema "nowhere"/],
    [['--database', database.url, '--jwt-role-claim', 'a..b'], /jwt-role-claim: cannot read the path 'a\.\.b'/],
    [['--database', database.url, '--jwt-secret', 'short'], /jwt-secret: the secret must be at least 32 characters long/],
  ]
  for (const [args, message] of CASES) {
    const { code, stderr } = await run(folder, ['serve', '--introspect', '--listen', '127.0.0.1:0', ...args])
    assert.notEqual(code, 0)
    assert.match(stderr, message)
  }
})
