// What is left of each change that came in over REST, read by `tenon audit`.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { run, serveSchema, skip } from '../e2e/support/tenon.js'

const SCHEMA = `model Note {
  id     Int     @id
  text   String
  apiKey String?
  items  Item[]

  @@allow('all', true)
}

model Item {
  id     Int    @id @default(autoincrement())
  note   Note   @relation(fields: [noteId], references: [id], onDelete: Cascade)
  noteId Int

  @@audit(changes)
  @@allow('all', true)
}

function addNote returns Note {
  id   Int
  text String
  @@sql("INSERT INTO \\"Note\\" (id, text) VALUES (:id, :text) RETURNING *")
  @@allow('call', true)
}

model Draft {
  id Int @id

  @@audit(off)
  @@allow('all', true)
}
`

let server

before(async () => {
  if (!skip) server = await serveSchema(SCHEMA, ['--tx-end', 'commit-allow-override'])
})
after(() => server?.close())

async function send(method, path, body, headers = {}) {
  const response = await server.fetch(path, {
    method,
    headers: { 'Content-Type': 'application/json', ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const text = await response.text()
  assert.ok(response.ok, text)
}

async function audit(...args) {
  const result = await run(server.folder, ['audit', ...args, '--database', server.database])
  assert.equal(result.code, 0, result.stderr)
  return result.stdout
}

async function exported(...args) {
  const lines = (await audit('export', ...args)).split('\n').filter((line) => line !== '')
  return lines.map((line) => JSON.parse(line))
}

test('who, from where, what', { skip }, async () => {
  await send('POST', 'Note', { id: 1, text: 'a', apiKey: 'sk-1' },
    { 'User-Agent': 'tests/1', 'X-Request-Id': 'r-1' })
  const [row, ...others] = await exported('--model', 'Note', '--record', '1')
  assert.deepEqual(others, [])
  assert.match(row.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7/)
  assert.ok(Math.abs(Date.parse(row.created_at) - Date.now()) < 60_000)
  delete row.id
  delete row.created_at
  assert.match(row.hash, /^[0-9a-f]{64}$/)
  delete row.hash
  assert.deepEqual(row, {
    request_id: 'r-1',
    ip_address: '127.0.0.1',
    user_agent: 'tests/1',
    action: 'create',
    model: 'Note',
    record_id: '1',
    after: { id: 1, text: 'a', apiKey: '[redacted]' },
  })
})

test('an update, an upsert and a delete with its cascade', { skip }, async () => {
  await send('POST', 'Note', { id: 2, text: 'a' })
  await send('PATCH', 'Note?id=eq.2', { text: 'b' })
  await send('POST', 'Note', { id: 2, text: 'c' }, { Prefer: 'resolution=merge-duplicates' })
  await send('POST', 'Item', { id: 9, noteId: 2 })
  await send('DELETE', 'Note?id=eq.2')
  const rows = await exported('--model', 'Note', '--record', '2')
  assert.deepEqual(rows.map((row) => row.action), ['create', 'update', 'update', 'delete'])
  assert.deepEqual(rows[1].changes, { text: { from: 'a', to: 'b' } })
  assert.deepEqual(rows[2].changes, { text: { from: 'b', to: 'c' } })
  assert.deepEqual(rows[3].before, { id: 2, text: 'c', apiKey: null })
  const items = await exported('--model', 'Item')
  assert.deepEqual(items.map((row) => row.action), ['create', 'delete'])
  assert.equal(items[1].before, undefined)
  assert.equal(items[1].ip_address, '127.0.0.1')
})

for (const [what, path, body, headers] of [
  ['one', 'Note', { id: 101, text: 'a' }],
  ['many', 'Note', [{ id: 102, text: 'a' }, { id: 103, text: 'b' }]],
  ['a batch', '', [{ method: 'POST', path: 'Note', body: { id: 104, text: 'a' } }]],
  ['a function', 'rpc/addNote', { id: 105, text: 'a' }],
  ['what is done once', 'Note', { id: 106, text: 'a' }, { 'Idempotency-Key': '"once-106"' }],
]) {
  test(`it is known who asked for ${what}`, { skip }, async () => {
    const id = what.replaceAll(' ', '-')
    await send('POST', path, body, { ...headers, 'X-Request-Id': id })
    const rows = (await exported()).filter((row) => row.request_id === id)
    assert.equal(rows.length, what === 'many' ? 2 : 1)
    for (const row of rows) assert.equal(row.ip_address, '127.0.0.1')
  })
}

test('a batch is all in the log, or nothing of it', { skip }, async () => {
  const batch = [
    { method: 'POST', path: 'Note', body: { id: 3, text: 'a' } },
    { method: 'POST', path: 'Note', body: { id: 3, text: 'b' } },
  ]
  const response = await server.fetch('', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(batch),
  })
  await response.text()
  assert.equal(response.status, 409)
  assert.deepEqual(await exported('--record', '3'), [])
})

test('what is undone, and what is off, is not in it', { skip }, async () => {
  await send('POST', 'Note', { id: 4, text: 'a' }, { Prefer: 'tx=rollback' })
  await send('POST', 'Draft', { id: 1 })
  assert.deepEqual(await exported('--record', '4'), [])
  assert.deepEqual(await exported('--model', 'Draft'), [])
})

test('a header that is no text does not end in it', { skip }, async () => {
  await send('POST', 'Note', { id: 5, text: 'a' },
    { 'User-Agent': '\xff\xfe\'"', 'X-Request-Id': 'two words' })
  const [row] = await exported('--record', '5')
  assert.equal(row.user_agent, '??\'"')
  assert.match(row.request_id, /^[0-9]+$/)
})

test('the list shows the newest first', { skip }, async () => {
  await send('POST', 'Note', { id: 6, text: 'a' })
  await send('PATCH', 'Note?id=eq.6', { text: 'b' })
  const lines = (await audit('list', '--record', '6')).trimEnd().split('\n')
  assert.equal(lines.length, 2)
  assert.match(lines[0], /update Note 6 by 127\.0\.0\.1 \{"text"/)
  assert.match(lines[1], /create Note 6 by 127\.0\.0\.1$/)
  assert.match(await audit('list', '--limit', '1'), /the newest 1; --limit shows more/)
  assert.equal(await audit('list', '--since', '2999-01-01'), 'no changes\n')
})

test('the list says nothing to a terminal but text', { skip }, async () => {
  await send('POST', 'Note', { id: 8, text: 'a' })
  await send('PATCH', 'Note?id=eq.8', { text: '\u009b31m\u001b[31m ü' })
  assert.match(await audit('list', '--record', '8'), /"\?\?31m[^\u001b\u009b]* ü"/)
})

test('a wrong time or limit is told', { skip }, async () => {
  for (const [option, value] of [['--since', 'yesterday'], ['--limit', 'all']]) {
    const result = await run(server.folder, ['audit', 'list', option, value, '--database', server.database])
    assert.equal(result.code, 1)
    assert.match(result.stderr, new RegExp(value))
  }
})
