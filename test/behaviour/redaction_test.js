// Secrets are planted wherever there can be one, in every way of writing, and
// then looked for in all that is kept, said and logged.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

import { ENGINE, run, serveSchema, skip } from '../e2e/support/tenon.js'

const SCHEMA = `
model Vault {
  id       Int       @id
  name     String
  pin      String?   @sensitive @length(max: 60)
  code     String?   @sensitive @unique
  number   Int?      @sensitive @lt(2000000000)
  amount   Decimal?  @sensitive
  due      DateTime? @sensitive
  blob     Bytes?    @sensitive
  doc      Json?     @sensitive
  tags     String[]  @sensitive
  hidden   String?   @omit
  kind     Kind?     @sensitive
  apiKey   String?
  password String?   @password
  long     String?   @sensitive
  @@check(number > 0, name: "vault_number")
  @@unique([name, pin])
  @@allow('all', true)
}
enum Kind {
  CanaryKindOpen
  CanaryKindShut
}
model Session {
  token String @id
  steps Step[]
  @@allow('all', true)
}
model Step {
  id   Int     @id
  by   String
  from Session @relation(fields: [by], references: [token], onDelete: Cascade)
  @@audit(changes)
  @@allow('all', true)
}
model Pair {
  secretKey String
  n         Int
  text      String?
  @@id([secretKey, n])
  @@allow('all', true)
}
model Quiet {
  id  Int    @id
  pin String @sensitive
  @@audit(off)
  @@allow('all', true)
}
`

// They show all that they may see, wherever they can.
const HOOKS = `
local function show(image)
  local seen = {}
  for name, value in pairs(image or {}) do seen[name] = value end
  return tenon.json.encode(seen)
end

local function show_all(what)
  return function(ctx, change)
    tenon.log.info(what, {before = show(change.before), after = show(change.after), changes = show(change.changes)})
    if what == "behind" then
      tenon.enqueue("show", {before = show(change.before), after = show(change.after)})
    end
  end
end

for _, model in ipairs({"Vault", "Session", "Step", "Pair", "Quiet"}) do
  for _, action in ipairs({"create", "update", "delete"}) do
    tenon.before(model, action, show_all("before"))
    tenon.after(model, action, show_all("behind"))
  end
end

tenon.job("show", {max_attempts = 2}, function(ctx, payload)
  error("failed with " .. tenon.json.encode(payload))
end)
`

// Each is different each time, so that none is found where it did not come from.
const planted = new Map()
let count = 0

/** A text that is nowhere else, by what it is planted in. */
function canary(place) {
  const text = `canary${count++}x${place}x${Math.random().toString(36).slice(2, 12)}`
  planted.set(text, place)
  return text
}

function canaryNumber(place) {
  const number = 1_000_000_000 + Math.floor(Math.random() * 900_000_000)
  planted.set(String(number), place)
  return number
}

function canaryBytes(place) {
  const bytes = Buffer.from(canary(place)).toString('hex')
  planted.set(bytes, place)
  return `\\x${bytes}`
}

function canaryTime() {
  const time = new Date(1e12 + Math.floor(Math.random() * 1e12)).toISOString()
  planted.set(time.slice(0, 19), 'due')
  return time
}

const vault = (id, more = {}) => ({
  id,
  name: `vault ${id}`,
  pin: canary('pin'),
  code: canary('code'),
  number: canaryNumber('number'),
  amount: canaryNumber('amount') + 0.5,
  due: canaryTime(),
  blob: canaryBytes('blob'),
  doc: { [canary('docKey')]: [canary('doc')] },
  tags: [canary('tag'), 'public', canary('tag')],
  hidden: canary('hidden'),
  kind: 'CanaryKindOpen',
  apiKey: canary('apiKey'),
  long: canary('long').repeat(400),
  ...more,
})

let server
const replies = []

before(async () => {
  planted.set('CanaryKind', 'CanaryKind')
  if (skip) return
  server = await serveSchema(SCHEMA, ['--log-level', 'debug', '--log-format', 'json'], async (folder) => {
    await mkdir(join(folder, 'hooks'))
    await writeFile(join(folder, 'hooks/show.lua'), HOOKS)
    return {}
  })
})
after(() => server?.close())

async function send(method, path, body, headers = {}) {
  const response = await server.fetch(path, {
    method,
    headers: { 'Content-Type': 'application/json', ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const head = [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n')
  const reply = { asked: `${method} ${path}`, status: response.status, text: await response.text(), head }
  replies.push(reply)
  return reply
}

async function sendWell(...call) {
  const reply = await send(...call)
  assert.ok(reply.status < 300, `${reply.asked}: ${reply.status} ${reply.text}`)
  return reply
}

async function sendBadly(status, ...call) {
  const reply = await send(...call)
  assert.equal(reply.status, status, `${reply.asked}: ${reply.text}`)
}

/** What of it is in the text, by where it was planted. */
function found(text, places = () => true) {
  return [...planted].filter(([secret, place]) => places(place) && text.includes(secret)).map(([, place]) => place)
}

/** All rows of all tables that are the server's own, but for the answers that it
 * keeps for those who ask again. */
async function ownTables() {
  if (ENGINE === 'sqlite') {
    const database = new DatabaseSync(join(server.folder, 'app.db'), { readOnly: true })
    const names = database.prepare(
      `SELECT name FROM sqlite_schema WHERE name LIKE 'tenon!_%' ESCAPE '!' AND type IN ('table', 'view')`).all()
    const texts = names.map(({ name }) => [name, JSON.stringify(database.prepare(`SELECT * FROM ${name}`).all())])
    database.close()
    return Object.fromEntries(texts.filter(([name]) => name !== 'tenon_idempotency'))
  }
  const psql = async (sql) => (await promisify(execFile)('psql', [server.database, '-XqAtc', sql])).stdout
  const names = (await psql(`SELECT relname FROM pg_class WHERE relnamespace = 'tenon'::regnamespace
    AND relkind IN ('r', 'p', 'v')`)).split('\n').filter((name) => name !== '' && name !== 'idempotency')
  return Object.fromEntries(await Promise.all(
    names.map(async (name) => [name, await psql(`SELECT to_jsonb(t) FROM tenon.${name} t`)])))
}

// ---- Planting

test('secrets are written in every way', { skip }, async () => {
  await sendWell('POST', 'Vault', vault(1))
  await sendWell('POST', 'Vault', [vault(2), vault(3)])
  await sendWell('POST', 'Vault', vault(4), { Prefer: 'return=representation' })
  await sendWell('POST', 'Vault', vault(4), { Prefer: 'resolution=merge-duplicates' })
  await sendWell('PATCH', 'Vault?id=eq.1', { ...vault(1), id: undefined })
  await sendWell('PATCH', 'Vault?id=in.(2,3)', { pin: null, hidden: canary('hidden'), apiKey: canary('apiKey') })
  await sendWell('PUT', 'Vault?id=eq.5', vault(5))
  await sendWell('POST', '', [
    { method: 'POST', path: 'Vault', body: vault(6) },
    { method: 'PATCH', path: 'Vault?id=eq.2', body: { code: canary('code'), kind: 'CanaryKindShut' } },
    { method: 'DELETE', path: 'Vault?id=eq.5' },
  ])
  await sendWell('POST', 'Vault', vault(7), { 'Idempotency-Key': 'a-key-of-some-length-7' })
  await sendWell('DELETE', 'Vault?id=in.(3,4)')
  const token = canary('token')
  await sendWell('POST', 'Session', { token })
  await sendWell('POST', 'Step', [{ id: 1, by: token }, { id: 2, by: token }])
  await sendWell('DELETE', `Session?token=eq.${token}`)
  await sendWell('POST', 'Session', { token: canary('token') })
  const key = canary('secretKey')
  await sendWell('POST', 'Pair', { secretKey: key, n: 1 })
  await sendWell('PATCH', `Pair?secretKey=eq.${key}&n=eq.1`, { text: 'changed' })
  await sendWell('POST', 'Quiet', { id: 1, pin: canary('pin') })
  await sendWell('PATCH', 'Quiet?id=eq.1', { pin: canary('pin') })
})

test('and where they are refused', { skip }, async () => {
  const taken = canary('code')
  const token = canary('token')
  const key = canary('secretKey')
  await sendWell('POST', 'Vault', vault(10, { code: taken }))
  await sendWell('POST', 'Session', { token })
  await sendWell('POST', 'Step', { id: 10, by: token })
  await sendWell('POST', 'Pair', { secretKey: key, n: 1 })
  await sendBadly(409, 'POST', 'Vault', vault(11, { code: taken }))
  await sendBadly(409, 'POST', 'Vault', [vault(12), vault(13, { code: taken })])
  await sendBadly(409, 'PATCH', 'Vault?id=eq.1', { code: taken })
  await sendBadly(409, 'POST', 'Session', { token })
  await sendBadly(409, 'POST', 'Pair', { secretKey: key, n: 1 })
  await sendBadly(409, 'POST', 'Step', { id: 11, by: canary('token') })
  await sendBadly(400, 'POST', 'Vault', vault(14, { pin: canary('pin').repeat(9) }))
  await sendBadly(400, 'POST', 'Vault', vault(15, { number: -canaryNumber('number') }))
  await sendBadly(400, 'POST', 'Vault', vault(16, { number: canary('number') }))
  await sendBadly(400, 'POST', 'Vault', vault(17, { due: canary('due') }))
  await sendBadly(400, 'POST', 'Vault', vault(18, { amount: canary('amount') }))
  await sendBadly(400, 'POST', 'Vault', vault(19, { kind: canary('kind') }))
  await sendBadly(400, 'POST', 'Vault', vault(20, { blob: canary('blob') }))
  await sendBadly(400, 'POST', 'Vault', vault(24, { tags: canary('tag') }))
  await sendBadly(400, 'POST', 'Vault', vault(21, { name: null }))
  await sendBadly(400, 'POST', 'Vault', vault(22, { password: canary('password') }))
  await sendBadly(400, 'PATCH', 'Vault?id=eq.1', { password: canary('password') })
  await sendBadly(400, 'POST', 'Vault', { ...vault(23), [canary('unknown')]: 1 })
})

test('and where they are looked for', { skip }, async () => {
  await sendWell('GET', `Vault?pin=eq.${canary('filter')}`)
  await sendWell('GET', `Vault?doc->>a=eq.${canary('filter')}`)
  await sendWell('GET', `Session?token=eq.${canary('filter')}`)
  await send('GET', `Vault?password=eq.${canary('filter')}`)
  await send('GET', `Vault?number=eq.${canary('filter')}`)
  await send('GET', `Vault?due=gt.${canary('filter')}`)
  await send('GET', `Vault?tags=cs.${canary('tag')}`)
  await send('GET', `Vault?order=${canary('filter')}`)
  await send('GET', `${canary('filter')}?select=*`)
  await send('GET', 'Vault', undefined, { Authorization: `Bearer ${canary('authorization')}` })
  await send('GET', 'Vault', undefined, { Cookie: `session=${canary('cookie')}` })
})

// ---- Looking

test('hooks and jobs have had their turn', { skip }, async () => {
  const isTold = () => ['"before"', '"behind"', 'failed with'].every((text) =>
    server.log.some((line) => line.includes(text)))
  for (const end = Date.now() + 20_000; !isTold() && Date.now() < end;) await sleep(50)
  assert.ok(isTold(), server.log.slice(-5).join('\n'))
})

test('none is in the log, in the feed or in any table of ours', { skip }, async () => {
  const tables = await ownTables()
  assert.ok(Object.values(tables).some((text) => text.includes('vault 1')), 'what is no secret is there')
  for (const [name, text] of Object.entries(tables)) assert.deepEqual(found(text), [], name)
})

test('none is in what the commands show of the log', { skip }, async () => {
  for (const command of ['list', 'export']) {
    const { code, stdout, stderr } = await run(server.folder, ['audit', command, '--database', server.database])
    assert.equal(code, 0, stderr)
    assert.ok(stdout.includes('Vault'))
    assert.deepEqual(found(stdout), [], command)
  }
})

test('none is in what the server says to its operator', { skip }, () => {
  assert.ok(server.log.length > 0)
  assert.deepEqual(found(server.log.join('\n')), [])
})

// Errors end in their readers' logs. Which values an enum has is no secret.
test('none is in an error', { skip }, () => {
  const isSecret = (place) => !['filter', 'unknown', 'CanaryKind'].includes(place)
  for (const { asked, status, text, head } of replies) {
    if (status >= 400) assert.deepEqual(found(text + head, isSecret), [], `${asked}: ${text}`)
  }
})

test('what is omitted is in no answer', { skip }, async () => {
  await send('GET', 'Vault?id=eq.1')
  await send('GET', 'Vault?id=eq.1', undefined, { Accept: 'text/csv' })
  await send('GET', 'Vault?id=eq.1', undefined, { Accept: 'application/vnd.pgrst.object+json' })
  for (const { asked, text, head } of replies) {
    assert.deepEqual(found(text + head, (place) => place === 'hidden' || place === 'password'), [], asked)
  }
})

test('none is in what describes the tables', { skip }, async () => {
  const openapi = await (await fetch(`${server.url}/openapi.json`)).text()
  const swagger = await (await server.fetch('')).text()
  assert.ok(openapi.includes('Vault') && swagger.includes('Vault'))
  assert.deepEqual(found(openapi + swagger, (place) => place !== 'CanaryKind'), [])
})

// What was refused was never to be kept: not even on a page that is free again.
test('what was refused is in no file', { skip: skip || ENGINE !== 'sqlite' }, async () => {
  for (const name of await readdir(server.folder)) {
    if (!name.startsWith('app.db')) continue
    const bytes = await readFile(join(server.folder, name))
    assert.deepEqual(found(bytes.toString('latin1'), (place) => ['password', 'unknown', 'filter', 'authorization',
      'cookie'].includes(place)), [], name)
  }
})
