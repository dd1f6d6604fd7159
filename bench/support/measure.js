/*
 * Starts a server, loads it with wrk and reads what it cost from /proc.
 */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, readdirSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { createServer } from 'node:net'
import { promisify } from 'node:util'

const run = promisify(execFile)
const TICKS_PER_SECOND = 100 /* USER_HZ, on all Linux machines of today */
const CONNECTIONS = 64

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

/* Resolves when the server says that it listens. */
export async function startServer(contender, database) {
  const port = await freePort()
  const [program, ...args] = contender.command(database, port)
  const child = spawn(program, args, {
    env: { ...process.env, ...contender.env(database, port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stderr = ''
  child.stderr.on('data', (text) => { stderr += text; })
  await new Promise((resolve, reject) => {
    let stdout = ''
    child.stdout.on('data', (text) => {
      stdout += text
      if (stdout.includes('listening on'))
        resolve()
    })
    child.on('error', reject)
    child.on('exit', (code) => reject(
      new Error(`${contender.name} exited with ${code}: ${stderr}`)))
  })
  return { child, port, origin: `http://127.0.0.1:${port}` }
}

export async function stopServer(server) {
  const gone = once(server.child, 'exit')
  server.child.kill('SIGTERM')
  await gone
}

function childrenOf(pid) {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8')
      .split(' ').filter(Boolean))
}

function treeOf(pid) {
  return [pid, ...childrenOf(pid).flatMap(treeOf)]
}

/* User and system time of the process and its children, in seconds. */
export function cpuSeconds(pid) {
  return treeOf(pid).reduce((sum, each) => {
    const stat = readFileSync(`/proc/${each}/stat`, 'utf8')
    /* The name in parentheses may hold spaces; utime is field 14. */
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return sum + (Number(fields[11]) + Number(fields[12])) /
      TICKS_PER_SECOND
  }, 0)
}

/* In MB, of the tree: resident now and at most, and what of it now is its own
 * and not a mapped file. */
export function memory(pid) {
  const sums = { rss: 0, own: 0, peak: 0 }
  for (const each of treeOf(pid)) {
    const status = readFileSync(`/proc/${each}/status`, 'utf8')
    const mb = (name) =>
      Number(status.match(new RegExp(`${name}:\\s+(\\d+)`))[1]) / 1024
    sums.rss += mb('VmRSS')
    sums.own += mb('RssAnon')
    sums.peak += mb('VmHWM')
  }
  return sums
}

async function wrk(server, contender, workload, rows, seconds, seed) {
  const { stdout } = await run('wrk', ['-t2', `-c${CONNECTIONS}`,
    `-d${seconds}`, '-s', 'bench/support/load.lua', server.origin, '--',
    contender.flavour, workload, String(rows), String(seed)])
  return JSON.parse(stdout.match(/^RESULT (.*)$/m)[1])
}

/* One window of load. */
export async function load(server, contender, workload, options, round) {
  const { rows, seconds } = options
  const { pid } = server.child
  await wrk(server, contender, workload, rows, options.warmup, round + 1000)
  const before = cpuSeconds(pid)
  const result = await wrk(server, contender, workload, rows, seconds, round)
  const cpu = cpuSeconds(pid) - before
  return {
    ...result,
    perSecond: result.requests / (result.micros / 1e6),
    cpuMicros: cpu * 1e6 / result.requests,
  }
}

/* Asks for path without a pause until the function that it returns is called,
 * which resolves to the number of answers and their mean time in ms. */
export function repeat(server, path) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const begin = performance.now()
  let count = 0
  let isOver = false
  const loop = (async () => {
    while (!isOver) {
      const { status } = await fetchText(server, path, { agent })
      if (status !== 200)
        throw new Error(`${path} answered ${status}`)
      count++
    }
  })()
  return async () => {
    isOver = true
    await loop
    agent.destroy()
    return { count, millis: (performance.now() - begin) / count }
  }
}

export function fetchText(server, path, { agent, method = 'GET', body } = {}) {
  return new Promise((resolve, reject) => {
    const call = request(server.origin + path, {
      agent, method,
      headers: body ? { 'content-type': 'application/json' } : {},
    }, (reply) => {
      let text = ''
      reply.setEncoding('utf8')
      reply.on('data', (part) => { text += part; })
      reply.on('end', () =>
        resolve({ status: reply.statusCode, text }))
    })
    call.on('error', reject)
    call.end(body)
  })
}

/* From exec to the first answer, in milliseconds. */
export async function startMillis(command, env, port) {
  const { stdout } = await run('build/release/bench/bench_start',
    [String(port), '/healthz', ...command],
    { env: { ...process.env, ...env } })
  return Number(stdout)
}
