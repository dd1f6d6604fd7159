// What the bearer of the operator's token may see, and what not.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { run, serveSchema, skip } from '../e2e/support/tenon.js'

const SCHEMA = `model Note {
  id   Int     @id
  text String
  pin  String? @sensitive

  @@allow('all', true)
}
`

let server
let token

before(async () => {
  if (skip) return
  server = await serveSchema(SCHEMA, ['--dev-open', '--plan'])
  token = await create('--name', 'tests')
  await write('POST', 'Note', [{ id: 1, text: 'a', pin: '1234' }, { id: 2, text: 'b', pin: null }])
  await write('PATCH', 'Note?id=eq.1', { text: 'c' })
})
after(() => server?.close())

async function write(method, path, body) {
  const response = await server.fetch(path, {
    method,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })
  assert.ok(response.ok, await response.text())
}

async function tenon(...args) {
  return run(server.folder, [...args, '--database', server.database])
}

async function create(...args) {
  const made = await tenon('token', 'create', ...args)
  assert.equal(made.code, 0, made.stderr)
  return made.stdout.match(/tenon_op_[0-9a-f]{72}\b/)[0]
}

function ask(path, { bearer = token, profile = 'tenon', method = 'GET', headers = {}, body } = {}) {
  const all = { Authorization: `Bearer ${bearer}`, ...headers }
  if (profile) all[method === 'GET' || method === 'HEAD' ? 'Accept-Profile' : 'Content-Profile'] = profile
  return server.fetch(path, { method, headers: all, body })
}

async function rows(path, options) {
  const response = await ask(path, options)
  const text = await response.text()
  assert.equal(response.status, 200, text)
  return JSON.parse(text)
}

async function refused(response, status, code) {
  const text = await response.text()
  assert.equal(response.status, status, text)
  assert.equal(JSON.parse(text).code, code, text)
  assert.ok(!text.includes(token))
  return JSON.parse(text)
}

test('the log is read in the dialect of all tables', { skip }, async () => {
  const log = await rows('audit_log?model=eq.Note&record_id=eq.1&order=created_at&select=action,after')
  assert.deepEqual(log.map((row) => row.action), ['create', 'update'])
  assert.equal(log[0].after.pin, '[redacted]')
  const since = new Date(Date.now() - 60_000).toISOString()
  const counted = await ask(`audit_log?created_at=gte.${since}&limit=1`, {
    headers: { Prefer: 'count=exact' },
  })
  assert.equal(counted.headers.get('content-range'), '0-0/3')
  const csv = await ask('audit_log?select=model,record_id&order=created_at,id&limit=1', {
    headers: { Accept: 'text/csv' },
  })
  assert.equal(await csv.text(), 'model,record_id\nNote,1')
  assert.deepEqual(await rows('audit_log?user_id=eq.nobody'), [])
})

test('events come with their sequences, without anybody having read them before', { skip }, async () => {
  const events = await rows('event?select=sequence,action,record_id&order=sequence')
  assert.deepEqual(events, [
    { sequence: 1, action: 'create', record_id: '1' },
    { sequence: 2, action: 'create', record_id: '2' },
    { sequence: 3, action: 'update', record_id: '1' },
  ])
})

test('jobs, schedules and seals are there, and what jobs carry is not', { skip }, async () => {
  assert.ok(Array.isArray(await rows('job')))
  assert.ok(Array.isArray(await rows('schedule')))
  assert.ok(Array.isArray(await rows('audit_seal')))
  await refused(await ask('job?select=payload'), 403, '42501')
  await refused(await ask('job?payload=eq.1'), 403, '42501')
  await refused(await ask('job?order=payload'), 403, '42501')
})

test('tokens are not there for anybody', { skip }, async () => {
  for (const path of ['token', 'token?select=hash', 'token?hash=like.*', 'feed_position']) {
    assert.deepEqual(await rows(path), [], path)
  }
  const counted = await ask('token', { headers: { Prefer: 'count=exact' } })
  assert.equal(counted.headers.get('content-range'), '*/0')
})

test('nothing is written with it', { skip }, async () => {
  const json = { 'Content-Type': 'application/json' }
  for (const [method, path, body] of [
    ['POST', 'audit_log', '{"action":"x","model":"x"}'],
    ['POST', 'job', '{"kind":"x","payload":{}}'],
    ['PATCH', 'event?sequence=eq.1', '{"action":"x"}'],
    ['DELETE', 'audit_log?model=eq.Note', undefined],
    ['DELETE', 'token?kind=eq.operator', undefined],
    ['PUT', 'schedule?name=eq.x', '{"name":"x"}'],
    ['POST', '', '[]'],
    ['POST', 'rpc/read_events', '{"behind":0,"most":1}'],
  ]) {
    for (const headers of [json, { ...json, Prefer: 'respond-async' }]) {
      await refused(await ask(path, { method, body, headers }), 403, '42501')
    }
  }
  assert.equal((await rows('audit_log')).length, 3)
  assert.deepEqual(await rows('job?kind=eq.request'), [])
})

test('the application is not for it, open as it may be', { skip }, async () => {
  const anonymous = await server.fetch('Note?select=id&order=id')
  assert.deepEqual(await anonymous.json(), [{ id: 1 }, { id: 2 }])
  await refused(await ask('Note', { profile: null }), 403, '42501')
  await refused(await ask('Note', { profile: 'public' }), 403, '42501')
  await refused(await ask('', { profile: null, method: 'POST', body: '[]' }), 403, '42501')
  await refused(await ask('Note'), 404, 'PGRST205')
  await refused(await ask('audit_log?select=*,Note(*)'), 400, 'PGRST200')
})

test('to others the profile is one that is not there', { skip }, async () => {
  for (const path of ['audit_log', 'event?select=nope', 'Note', 'token']) {
    const answers = []
    for (const profile of ['tenon', 'nonsense']) {
      const response = await server.fetch(path, { headers: { 'Accept-Profile': profile } })
      answers.push([response.status, (await response.text()).replaceAll(profile, '')])
    }
    assert.deepEqual(answers[0], answers[1], path)
    assert.ok(answers[0][0] >= 400)
  }
})

test('a token that is none, was revoked or has expired is refused', { skip }, async () => {
  const last = token.at(-1) === '0' ? '1' : '0'
  await refused(await ask('audit_log', { bearer: token.slice(0, -1) + last }), 401, 'PGRST301')
  await refused(await ask('audit_log', { bearer: 'tenon_op_' }), 401, 'PGRST301')
  await refused(await ask('Note', { bearer: 'tenon_op_x', profile: null }), 401, 'PGRST301')

  const other = await create('--name', 'other')
  assert.equal((await ask('audit_log', { bearer: other })).status, 200)
  const listed = (await tenon('token', 'list')).stdout
  assert.ok(!listed.includes('tenon_op_'))
  const id = listed.split('\n').find((line) => line.endsWith('other')).split(' ')[0]
  assert.equal((await tenon('token', 'revoke', id)).code, 0)
  await refused(await ask('audit_log', { bearer: other }), 401, 'PGRST303')
  assert.notEqual((await tenon('token', 'revoke', id)).code, 0)
})

test('other bearer tokens are as they always were', { skip }, async () => {
  const response = await ask('Note?select=id&order=id', { bearer: 'eyJhbGciOiJIUzI1NiJ9.e30.x', profile: null })
  assert.deepEqual(await response.json(), [{ id: 1 }, { id: 2 }])
})

test('what a proxy has passed on is not from here', { skip }, async () => {
  for (const headers of [
    { 'X-Forwarded-For': '127.0.0.1' },
    { Forwarded: 'for=127.0.0.1' },
    { 'X-Real-IP': '127.0.0.1' },
    { Via: '1.1 proxy' },
  ]) {
    const { message } = await refused(await ask('audit_log', { headers }), 401, 'PGRST301')
    assert.match(message, /not taken from here/)
  }
})

test('rows are found by user, by record and since a time with an index', { skip }, async () => {
  const since = new Date(Date.now() - 60_000).toISOString()
  for (const [query, index] of [
    ['user_id=eq.u1', /audit_log\w*_user_id_idx/],
    ['model=eq.Note&record_id=eq.1', /audit_log\w*_model_record_id_idx/],
    [`created_at=eq.${since}`, /audit_log\w*_created_at_idx|SEARCH \w+ USING INDEX \w+ \(id>\?\)/],
  ]) {
    const response = await ask(`audit_log?${query}`, {
      headers: { Accept: 'application/vnd.pgrst.plan+text' },
    })
    assert.equal(response.status, 200)
    assert.match(await response.text(), index, query)
  }
  const found = await rows(`audit_log?created_at=gte.${since}&select=action&order=created_at`)
  assert.deepEqual(found.map((row) => row.action), ['create', 'create', 'update'])
})

test('it is described to the operator and to nobody else', { skip }, async () => {
  const own = await (await ask('', { profile: 'tenon' })).json()
  assert.deepEqual(Object.keys(own.paths).sort(), [
    '/', '/audit_log', '/audit_seal', '/event', '/job', '/schedule',
  ])
  assert.deepEqual(Object.keys(own.paths['/job']), ['get'])
  assert.ok(!JSON.stringify(own).includes('payload'))
  const everybody = await (await server.fetch('')).json()
  assert.ok(!('/audit_log' in everybody.paths))
})
