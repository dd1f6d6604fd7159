// Rows are changed at random, and after each step all of them are read: that is
// the test's own log. From the audit log alone, each of those states must come
// out again.
//
//     SEED=123 STEPS=500 ./dev test behaviour/recorded_states

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'

import { run, serveSchema, skip } from '../e2e/support/tenon.js'

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9))
const STEPS = Number(process.env.STEPS ?? 60)

const SCHEMA = `
enum Mood {
  HAPPY
  GRIM
}

model Team {
  id      Int       @id
  name    String
  note    String?
  score   Float?
  price   Decimal?
  size    BigInt?
  due     DateTime?
  data    Json?
  bytes   Bytes?
  mood    Mood?
  isOpen  Boolean   @default(false) @map("is_open")
  members Member[]
  tags    Tag[]

  @@allow('all', true)
}

model Member {
  team   Team?   @relation(fields: [teamId], references: [id], onDelete: SetNull)
  teamId Int?
  login  String
  place  Int
  badges Badge[]

  @@id([login, place])
  @@allow('all', true)
}

model Badge {
  id     String @id @default(uuid())
  login  String
  place  Int
  text   String @default("new")
  member Member @relation(fields: [login, place], references: [login, place], onDelete: Cascade, onUpdate: Cascade)

  @@allow('all', true)
}

model Tag {
  name  String @id
  teams Team[]

  @@allow('all', true)
}
`

const MODELS = ['Team', 'Member', 'Badge', 'Tag']

// ---- Chance

let state = SEED

/** Mulberry32: the same for the same seed. */
function random() {
  state = (state + 0x6d2b79f5) | 0
  let n = Math.imul(state ^ (state >>> 15), 1 | state)
  n = (n + Math.imul(n ^ (n >>> 7), 61 | n)) ^ n
  return ((n ^ (n >>> 14)) >>> 0) / 2 ** 32
}

const below = (n) => Math.floor(random() * n)
const pick = (list) => list[below(list.length)]

const TEXTS = ['', 'plain', 'Grüße aus Köln', '"quoted" \\ and\n\ttabs', '🦊 \u2028', "it's", 'x'.repeat(9000), '[redacted]']

const CELLS = {
  name: () => pick(TEXTS),
  note: () => pick([null, ...TEXTS]),
  score: () => pick([null, 0, -1.5, 1e-7, 123456.789, 1e21]),
  price: () => pick([null, '0.10', '12.5', '-3', '99999999.99']),
  size: () => pick([null, 0, -1, '9007199254740993']),
  due: () => pick([null, '2024-02-29T12:00:00.120Z', '1969-12-31T23:59:59.999Z', '2030-01-01T00:00:00Z']),
  data: () => pick([null, {}, [], { a: [1, { b: null }], 'ü "': 'x' }, 'text', 17, [true]]),
  bytes: () => pick([null, '\\x', '\\x00ff10']),
  mood: () => pick([null, 'HAPPY', 'GRIM']),
  is_open: () => random() < 0.5,
}

function cells() {
  return Object.fromEntries(Object.entries(CELLS).filter(() => random() < 0.4).map(([name, make]) => [name, make()]))
}

// ---- Steps

let server
let made = 0

async function send(method, path, body, headers = {}) {
  const response = await server.fetch(path, {
    method,
    headers: { 'Content-Type': 'application/json', ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const text = await response.text()
  assert.ok(response.status < 300 || response.status === 409, `${method} ${path}: ${response.status} ${text}`)
}

const newTeam = () => ({ id: ++made, name: pick(TEXTS), ...cells() })
const newMember = (team) => ({ login: pick(['ann', 'bob', 'Çe,"']), place: ++made, teamId: team })
const teamFilter = (id) => `Team?id=eq.${id}`
const memberFilter = ({ login, place }) => `Member?login=eq.${encodeURIComponent(login)}&place=eq.${place}`

/** What may be done to what is there. Same keys, so that all rows may be in one body. */
const DEEDS = {
  one: () => send('POST', 'Team', newTeam()),
  many: () => send('POST', 'Team', Array.from({ length: 2 + below(5) }, () => ({ id: ++made, name: pick(TEXTS), note: CELLS.note() }))),
  change: ({ team }) => send('PATCH', teamFilter(team.id), { note: CELLS.note(), ...cells() }),
  changeAll: () => send('PATCH', `Team?is_open=eq.${random() < 0.5}`, { mood: CELLS.mood(), name: pick(TEXTS) }),
  merge: ({ team }) => send('POST', 'Team',
    [{ id: team.id, name: 'merged', score: CELLS.score() }, { id: ++made, name: 'new', score: CELLS.score() }],
    { Prefer: 'resolution=merge-duplicates' }),
  put: ({ team }) => send('PUT', teamFilter(team.id), { id: team.id, name: 'put', ...cells() }),
  remove: ({ team }) => send('DELETE', teamFilter(team.id)),
  join: ({ team }) => send('POST', 'Member', [newMember(team.id), newMember(team.id)]),
  move: ({ member, team }) => send('PATCH', memberFilter(member), { teamId: random() < 0.3 ? null : team.id }),
  rename: ({ member }) => send('PATCH', memberFilter(member), { place: ++made }),
  leave: ({ member }) => send('DELETE', memberFilter(member)),
  award: ({ member }) => send('POST', 'Badge', [0, 1].map(() => ({ login: member.login, place: member.place, text: pick(TEXTS) }))),
  tag: () => send('POST', 'Tag', { name: `tag ${++made}` }),
  batch: ({ team }) => {
    const [id, member] = [++made, newMember(made)]
    return send('POST', '', [
      { method: 'POST', path: 'Team', body: { id, name: 'batch', ...cells() } },
      { method: 'POST', path: 'Member', body: member },
      { method: 'PATCH', path: teamFilter(id), body: { note: 'twice in a transaction' } },
      { method: 'DELETE', path: teamFilter(team.id) },
    ])
  },
  undone: ({ team }) => send('POST', '', [
    { method: 'PATCH', path: teamFilter(team.id), body: { name: 'undone' } },
    { method: 'POST', path: 'Team', body: { id: team.id, name: 'clash' } },
  ]),
  clash: ({ team }) => send('POST', 'Team', [{ id: ++made, name: 'clash' }, { id: team.id, name: 'clash' }]),
}

/** The rows of each model, as a read shows them. */
async function readAll() {
  const rows = {}
  for (const model of MODELS) rows[model] = await (await server.fetch(`${model}?limit=10000`)).json()
  return rows
}

const IDS = { Team: ['id'], Member: ['login', 'place'], Badge: ['id'], Tag: ['name'] }

/** As recording.h names a row. */
function idOf(model, row) {
  const parts = IDS[model].map((column) => String(row[column]))
  return parts.length === 1 ? parts[0] : JSON.stringify(parts).replaceAll('","', '", "')
}

const byId = (rows) => Object.fromEntries(MODELS.map((model) =>
  [model, Object.fromEntries(rows[model].map((row) => [idOf(model, row), row]))]))

async function step(now) {
  const known = { team: pick(now.Team), member: pick(now.Member) }
  const possible = Object.keys(DEEDS).filter((name) => {
    const text = DEEDS[name].toString().slice(0, 20)
    return (known.team || !text.includes('team')) && (known.member || !text.includes('member'))
  })
  const name = pick(possible)
  await DEEDS[name](known)
  return name
}

// ---- The log

/** What the log's rows up to a time make, by model and id. */
function replay(log, until) {
  const rows = Object.fromEntries(MODELS.map((model) => [model, {}]))
  for (const { created_at: at, action, model, record_id: id, before, after: image } of log) {
    if (!(model in rows) || Date.parse(at) > until) continue
    if (action === 'create') assert.equal(rows[model][id], undefined, `${model} ${id} is made twice`)
    else assert.deepEqual(before, rows[model][id], `${model} ${id} was something else before`)
    delete rows[model][id]
    if (action !== 'delete') rows[model][idOf(model, image)] = image
  }
  return rows
}

/** On PostgreSQL the log leaves out of a time that it is in UTC. */
const shown = (image) => image?.due && !image.due.endsWith('+00:00') ? { ...image, due: `${image.due}+00:00` } : image

async function exported() {
  const { code, stdout, stderr } = await run(server.folder, ['audit', 'export', '--database', server.database])
  assert.equal(code, 0, stderr)
  const rows = stdout.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line))
  return rows.map((row) => ({ ...row, before: shown(row.before), after: shown(row.after) }))
}

before(async () => {
  if (!skip) server = await serveSchema(SCHEMA)
})
after(() => server?.close())

test(`the log has each state, seed ${SEED}`, { skip }, async (t) => {
  const states = []
  const names = {}
  let now = await readAll()
  for (let i = 0; i < STEPS; i++) {
    const name = await step(now)
    names[name] = (names[name] ?? 0) + 1
    // Times have milliseconds.
    await sleep(2)
    now = await readAll()
    states.push({ name, time: Date.now(), rows: byId(now) })
    await sleep(2)
  }
  const log = await exported()
  t.diagnostic(`${log.length} changes by ${Object.entries(names).map(([name, n]) => `${n} ${name}`).join(', ')}`)
  for (const [i, { name, time, rows }] of states.entries()) {
    assert.deepEqual(replay(log, time), rows, `step ${i}, ${name}, seed ${SEED}`)
  }
})
