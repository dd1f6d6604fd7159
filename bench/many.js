/*
 * Measures requests that change many rows, with what they leave in the audit log
 * and the feed of events, and without, in one run:
 *
 *     ./dev bench many [--rounds 5] [--rows 10000] [--only sqlite] [--docs]
 *
 * Each request is one of an array of rows, a PATCH or a DELETE of all of them.
 * The servers take turns, so that a noisy neighbour hits all of them alike.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

import { SCHEMAS, TENON, tenonCommand } from './support/contenders.js'
import {
  cpuSeconds, fetchText, memory, startServer, stopServer,
} from './support/measure.js'
import { startPostgres } from './support/postgres.js'
import { spread, summary, table, writeDocs } from './support/report.js'

const WORK = 'build/bench'

const { values: given } = parseArgs({ options: {
  rounds: { type: 'string', default: '5' },
  rows: { type: 'string', default: '10000' },
  only: { type: 'string' },
  docs: { type: 'boolean' },
} })
const [rounds, rows] = [Number(given.rounds), Number(given.rows)]

const say = (text) => process.stderr.write(`${text}\n`)

function emptyFile(name, schema) {
  const path = `${WORK}/${name}.db`
  for (const suffix of ['', '-wal', '-shm', '.lock'])
    rmSync(path + suffix, { force: true })
  execFileSync(TENON, ['push', '--schema', schema, '--database', `file:${path}`])
  return `file:${path}`
}

/* Without records there are no triggers on PostgreSQL, and on SQLite the model
 * says so. */
function contenders(postgres) {
  const contender = (name, engine, schema, more = []) => ({
    name,
    engine,
    makeDatabase: () => engine === 'sqlite' ? emptyFile(name, schema)
      : postgres.makeDatabase(name, 0, more.length === 0),
    command: (database, port) => [...tenonCommand(schema, database, port), ...more],
    env: () => ({}),
  })
  const off = '--events=false'
  return [
    contender('recorded', 'sqlite', SCHEMAS.sqlite),
    contender('unrecorded', 'sqlite', SCHEMAS.unrecorded, [off]),
    contender('recorded', 'postgresql', SCHEMAS.postgresql),
    contender('unrecorded', 'postgresql', SCHEMAS.postgresql, [off]),
  ]
}

const newItem = (_, i) => ({
  user_id: i * 7919 % 10000, title: `Item ${i} of a list`,
  note: `A note of some length about ${i.toString(16)}`, price: i % 65536 / 100,
  quantity: i % 1024, active: i % 2 === 0,
})

/* What a round does to the rows that it makes, and unmakes. */
const DEEDS = [
  { name: 'insert', method: 'POST', path: '/rest/v1/item', status: 201,
    body: JSON.stringify(Array.from({ length: rows }, newItem)) },
  { name: 'update', method: 'PATCH', path: '/rest/v1/item?id=gt.0', status: 204,
    body: JSON.stringify({ quantity: 5000, note: 'Another note of some length' }) },
  { name: 'delete', method: 'DELETE', path: '/rest/v1/item?id=gt.0', status: 204 },
]

async function measure(server, deed) {
  const { pid } = server.child
  const before = cpuSeconds(pid)
  const begin = performance.now()
  const reply = await fetchText(server, deed.path, deed)
  const millis = performance.now() - begin
  if (reply.status !== deed.status)
    throw new Error(`${deed.name}: ${reply.status} ${reply.text}`)
  return { perSecond: rows / millis * 1000, cpuMicros: (cpuSeconds(pid) - before) * 1e6 / rows }
}

/* A first round of each is not counted: files grow, statements are prepared. */
async function measureRound(contender, round) {
  say(`bench: round ${round}: ${contender.engine}, ${contender.name}`)
  const server = await startServer(contender, contender.database)
  const idle = memory(server.child.pid).own
  const windows = {}
  for (let turn = 0; turn < 2; turn++)
    for (const deed of DEEDS) windows[deed.name] = await measure(server, deed)
  const { own, peak } = memory(server.child.pid)
  await stopServer(server)
  return { windows, idle, own, peak }
}

function render(measured) {
  const thousands = (n) => Math.round(n).toLocaleString('en-US')
  const lines = []
  for (const engine of new Set(measured.map((m) => m.engine))) {
    const [recorded, unrecorded] = measured.filter((m) => m.engine === engine)
    for (const { name } of DEEDS) {
      const of = (m, figure) => summary(m.rounds.map((r) => r.windows[name][figure]))
      const [mine, bare] = [of(recorded, 'perSecond'), of(unrecorded, 'perSecond')]
      lines.push([`${engine}: ${name}`, spread(mine, thousands), spread(bare, thousands),
        (mine.median / bare.median).toFixed(2), of(recorded, 'cpuMicros').median.toFixed(1),
        of(unrecorded, 'cpuMicros').median.toFixed(1),
        summary(recorded.rounds.map((r) => r.peak)).most.toFixed(0)])
    }
  }
  return [
    `${thousands(rows)} rows in a request, ${rounds} rounds; median (least-most).`,
    '',
    table(['', 'rows/s', 'rows/s without records', 'ratio', 'CPU us/row', 'without', 'peak MB'], lines),
  ].join('\n')
}

mkdirSync(WORK, { recursive: true })
const postgres = given.only === 'sqlite' ? undefined : startPostgres()
process.on('exit', () => postgres?.stop())
process.on('SIGINT', () => process.exit(1))
const chosen = contenders(postgres).filter((c) => given.only === undefined || c.engine === given.only)
for (const c of chosen) c.database = c.makeDatabase()
const measured = chosen.map(({ name, engine }) => ({ name, engine, rounds: [] }))
for (let round = 1; round <= rounds; round++)
  for (const [i, c] of chosen.entries()) measured[i].rounds.push(await measureRound(c, round))
writeFileSync(`${WORK}/many.json`, `${JSON.stringify(measured, null, 1)}\n`)
const report = render(measured)
console.log(report)
if (given.docs) writeDocs('results with many rows', report)
