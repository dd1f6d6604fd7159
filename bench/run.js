/*
 * Measures Tenon against the limits of the machine and against a peer, in one
 * run, on the same table, with the same client.
 *
 *     ./dev bench [--rounds 5] [--seconds 2] [--rows 1000000] [--quick]
 *                 [--only tenon,epoll] [--out FILE] [--docs]
 *
 * In every round each server is started, loaded with each workload and
 * stopped, so that a noisy neighbour hits all of them alike. Prints tables and
 * writes all rounds as JSON; with --docs also those tables of docs/benchmarks.md
 * whose servers were all measured. The page says what to make of them.
 */
import { execFileSync } from 'node:child_process'
import {
  closeSync, copyFileSync, existsSync, fsyncSync, mkdirSync, openSync,
  readFileSync, renameSync, rmSync, writeFileSync,
} from 'node:fs'
import os from 'node:os'
import { parseArgs } from 'node:util'

import { checkAnswers } from './support/check.js'
import {
  TENON, contenders, peerVersions, tenonCommand, workers,
} from './support/contenders.js'
import {
  freePort, load, memory, repeat, startMillis, startServer, stopServer,
} from './support/measure.js'
import { startPostgres } from './support/postgres.js'
import {
  render, renderPostgres, summarize, summary, verdicts, writeDocs,
} from './support/report.js'

const WORK = 'build/bench'
const SQLITE = 'build/release/bench/bench_sqlite'
const STARTS = 5

function readOptions() {
  const { values } = parseArgs({ options: {
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    rows: { type: 'string' },
    quick: { type: 'boolean' },
    only: { type: 'string' },
    out: { type: 'string', default: `${WORK}/result.json` },
    docs: { type: 'boolean' },
  } })
  const quick = values.quick
  return {
    rounds: Number(values.rounds ?? (quick ? 1 : 5)),
    seconds: Number(values.seconds ?? (quick ? 1 : 2)),
    warmup: 1,
    rows: Number(values.rows ?? (quick ? 100000 : 1000000)),
    only: values.only?.split(','),
    out: values.out,
    docs: values.docs,
  }
}

const say = (text) => process.stderr.write(`${text}\n`)
const output = (program, ...args) =>
  execFileSync(program, args, { encoding: 'utf8' }).trim()

function removeDatabase(path) {
  for (const suffix of ['', '-wal', '-shm', '.lock'])
    rmSync(path + suffix, { force: true })
}

/* The data is made once and kept for the next run. */
function prepareSeed(rows) {
  const seed = `${WORK}/seed-${rows}.db`
  if (existsSync(seed))
    return seed
  say(`bench: filling ${rows} rows`)
  const path = `${WORK}/seed-new.db`
  removeDatabase(path)
  output(TENON, 'push', '--schema', 'bench/item.prisma', '--database',
    `file:${path}`)
  output(SQLITE, 'fill', path, String(rows))
  renameSync(path, seed)
  removeDatabase(path)
  return seed
}

function copyDatabase(seed, name) {
  const path = `${WORK}/${name.replace(' ', '-')}.db`
  removeDatabase(path)
  copyFileSync(seed, path)
  settle(path)
  return path
}

/* So that one server's writes don't reach the disk on the next one's time. */
function settle(path) {
  for (const suffix of ['', '-wal']) {
    if (!existsSync(path + suffix))
      continue
    const file = openSync(path + suffix, 'r+')
    fsyncSync(file)
    closeSync(file)
  }
}

/* Fifty models of eight fields, as a real application has. */
function writeLargeSchema() {
  const path = `${WORK}/fifty.prisma`
  const models = Array.from({ length: 50 }, (_, i) =>
    `model Thing${i} {\n  id Int @id @default(autoincrement())\n` +
    ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name, n) =>
      `  ${name} ${['String', 'Int', 'Float?'][n % 3]}\n`).join('') +
    '  @@index([b])\n  @@allow(\'all\', true)\n}\n')
  writeFileSync(path, models.join('\n'))
  return path
}

/* The start of ours is that of an application with fifty models. */
function startCommand(contender, database, port) {
  if (contender.flavour !== 'tenon')
    return contender.command(database, port)
  const schema = writeLargeSchema()
  const large = `${WORK}/fifty.db`
  removeDatabase(large)
  output(TENON, 'push', '--schema', schema, '--database', `file:${large}`)
  return tenonCommand(schema, `file:${large}`, port)
}

async function measureStarts(databases) {
  const starts = {}
  for (const c of chosen.filter((each) => !each.engine)) {
    const port = await freePort()
    const command = startCommand(c, databases[c.name], port)
    const env = c.env(databases[c.name], port)
    const millis = []
    for (let i = 0; i < STARTS; i++)
      millis.push(await startMillis(command, env, port))
    starts[c.name] = summary(millis)
  }
  return starts
}

async function measureWorkload(server, contender, workload, round) {
  if (workload !== 'beside a scan')
    return load(server, contender, workload, options, round)
  const stop = repeat(server, contender.paths.scan)
  const window = await load(server, contender, 'point', options, round)
  return { ...window, scans: await stop() }
}

async function measureContender(contender, database, round) {
  const server = await startServer(contender, database)
  const idle = memory(server.child.pid).rss
  const windows = {}
  for (const workload of contender.workloads) {
    say(`bench: round ${round}: ${contender.name}: ${workload}`)
    windows[workload] =
      await measureWorkload(server, contender, workload, round)
  }
  const { own, peak } = memory(server.child.pid)
  await stopServer(server)
  if (contender.synchronous)
    settle(database)
  return { windows, idle, own, peak }
}

function machineFacts() {
  const cpu = readFileSync('/proc/cpuinfo', 'utf8')
    .match(/model name\s*: (.*)/)
  const cache = readFileSync('build/release/CMakeCache.txt', 'utf8')
  const cc = cache.match(/^CMAKE_C_COMPILER:\w+=(.*)$/m)[1]
  const isDirty = output('git', 'status', '--porcelain', '-uno') !== ''
  return {
    commit: output('git', 'rev-parse', '--short', 'HEAD') +
      (isDirty ? ' with changes' : ''),
    compiler: output(cc, '--version').split('\n')[0],
    flags: cache.match(/^CMAKE_C_FLAGS_RELEASE:\w+=(.*)$/m)[1],
    cpu: cpu?.[1] ?? 'unknown CPU',
    cores: workers,
    kernel: os.release(),
    filesystem: output('stat', '-f', '-c', '%T', WORK),
    memory: os.totalmem(),
    peer: peerVersions(),
    postgres: postgres?.version,
    date: new Date().toISOString(),
  }
}

function summarizeMemory(memories) {
  return Object.fromEntries(Object.keys(memories[0]).map((name) => [name, {
    idle: summary(memories.map((m) => m[name].idle)),
    own: summary(memories.map((m) => m[name].own)),
    peak: summary(memories.map((m) => m[name].peak)),
  }]))
}

function summarizeSqlite(runs) {
  return Object.fromEntries(Object.keys(runs[0]).map((what) =>
    [what, summary(runs.map((run) => run[what]))]))
}

const options = readOptions()
const chosen = contenders.filter((c) => options.only?.includes(c.name) ?? true)
mkdirSync(WORK, { recursive: true })
const seed = prepareSeed(options.rows)
const postgres = chosen.some((c) => c.engine) ? startPostgres() : undefined
process.on('exit', () => postgres?.stop())
process.on('SIGINT', () => process.exit(1))
const databases = Object.fromEntries(chosen.map((c) => [c.name,
  c.engine ? postgres.makeDatabase(c.name, options.rows)
    : copyDatabase(seed, c.name)]))
const bare = copyDatabase(seed, 'bare')

say('bench: checking that all of them answer alike')
for (const engine of [undefined, 'postgresql'])
  await checkAnswers(chosen.filter((c) => c.paths && c.engine === engine),
    databases, options.rows)
const start = await measureStarts(databases)

const rounds = []
const memories = []
const sqliteRuns = []
for (let round = 1; round <= options.rounds; round++) {
  const windows = {}
  const memoryOf = {}
  for (const c of chosen) {
    const measured = await measureContender(c, databases[c.name], round)
    windows[c.name] = measured.windows
    memoryOf[c.name] = measured
  }
  say(`bench: round ${round}: SQLite alone`)
  sqliteRuns.push(JSON.parse(output(SQLITE, 'measure', bare,
    String(options.seconds * 500))))
  settle(bare)
  rounds.push(windows)
  memories.push(memoryOf)
}

const medians = summarize(rounds)
const shifts = rounds.filter((r) => r.tenon).map((r) =>
  (r.tenon['beside a scan'].p99 - r.tenon.point.p99) / 1000)
const memorySummary = summarizeMemory(memories)
const shift = shifts.length > 0 ? summary(shifts) : undefined
const result = {
  machine: machineFacts(), options, summary: medians, start,
  memory: memorySummary, sqlite: summarizeSqlite(sqliteRuns), p99Shift: shift,
  verdicts: verdicts(medians, start, memorySummary, shift?.median),
  rounds,
}
writeFileSync(options.out, `${JSON.stringify(result, null, 1)}\n`)
const report = render(result)
console.log(report)
const isMeasured = (...names) => names.every((name) => name in medians)
if (options.docs && isMeasured('tenon', 'epoll', 'fastify FULL'))
  writeDocs('results', report)
if (options.docs && isMeasured('tenon postgresql', 'libpq',
  'fastify postgresql'))
  writeDocs('results on PostgreSQL', renderPostgres(result))
say(`bench: all rounds are in ${options.out}`)
