// Runs the tenon binary: once and to its end (`run`), or as a server on a free
// port (`serve`). Everything happens in a temporary folder; `close` ends the
// server by its process id and removes the folder.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'

import * as postgres from './postgres_world.js'

export const BINARY = resolve(process.env.TENON ?? 'build/debug/tenon')
const READY_MS = 20_000

/** A temporary folder with the given files in it. */
export async function workspace(files = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'tenon-e2e-'))
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  return folder
}

export async function removeWorkspace(folder) {
  await rm(folder, { recursive: true, force: true })
}

// What this shell happens to have set must not decide a test.
function environment(extra = {}) {
  const { DATABASE_URL, ...rest } = process.env
  const clean = Object.entries(rest).filter(([key]) => !key.startsWith('TENON_'))
  return { ...Object.fromEntries(clean), NO_COLOR: '1', ...extra }
}

/**
 * Runs `tenon ...args` in the folder.
 * @returns {Promise<{code: number|null, stdout: string, stderr: string}>}
 */
export async function run(folder, args, { env, input } = {}) {
  const child = spawn(BINARY, args, { cwd: folder, env: environment(env) })
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr']) {
    child[name].setEncoding('utf8').on('data', (text) => (output[name] += text))
  }
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const timer = setTimeout(() => child.kill('SIGKILL'), READY_MS)
  const [code] = await once(child, 'close')
  clearTimeout(timer)
  return { code, ...output }
}

/** A server under test. */
export class Server {
  /** @param {import('node:child_process').ChildProcess} child */
  constructor(child, url, log) {
    this.child = child
    this.url = url
    this.log = log
    this.port = Number(new URL(url).port)
    this.rest = `${url}/rest/v1`
  }

  /** fetch below /rest/v1/ */
  fetch(path, init) {
    return fetch(`${this.rest}/${path}`, init)
  }

  /** Asks the server to end; resolves to its exit code. */
  async stop(signal = 'SIGTERM') {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const timer = setTimeout(() => this.child.kill('SIGKILL'), READY_MS)
      this.child.kill(signal)
      await once(this.child, 'exit')
      clearTimeout(timer)
    }
    return this.child.exitCode
  }
}

/** Starts `tenon serve` in the folder and waits until it says where. */
export async function serve(folder, args = [], { env, binary = BINARY, uid } = {}) {
  const child = spawn(binary, ['serve', '--listen', '127.0.0.1:0', ...args], {
    cwd: folder,
    env: environment(env),
    uid,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const log = []
  const url = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(failure('is not ready')), READY_MS)
    const failure = (what) => new Error(`tenon serve ${what}:\n${log.join('\n')}`)
    const read = (line) => {
      log.push(line)
      const match = /listening on (https?:\/\/[^\s"]+)/.exec(line)
      if (match) {
        clearTimeout(timer)
        resolve(match[1])
      }
    }
    createInterface({ input: child.stdout }).on('line', read)
    createInterface({ input: child.stderr }).on('line', read)
    child.on('close', (code) => {
      clearTimeout(timer)
      reject(failure(`ended with ${code}`))
    })
  }).catch((error) => {
    child.kill('SIGKILL')
    throw error
  })
  return new Server(child, url, log)
}

/** The engine that the tests in test/behaviour run on, each in its turn. */
export const ENGINE = process.env.TENON_TEST_ENGINE ?? 'sqlite'

/** Why they cannot run on that engine here, or false. */
export const skip = ENGINE === 'postgresql' && postgres.skip

/** Makes an empty database on the engine: what follows --database, how to get
 * rid of it and, on PostgreSQL, how to run a script in it. */
export async function createDatabase(engine) {
  if (engine === 'sqlite') return { url: 'file:app.db', drop: async () => {} }
  const database = await postgres.create()
  return { url: database.url, drop: () => database.drop(), run: (sql) => database.run(sql) }
}

/**
 * A server on an empty database made from the schema text. Its
 * `close` also removes the database and the folder. What is set up in there
 * before the start, `env` say, is made by `prepare(folder)`.
 */
export async function serveSchema(schema, args = [], prepare = () => ({}), engine = ENGINE) {
  const folder = await workspace({ 'schema.prisma': schema })
  const database = await createDatabase(engine)
  const common = ['--schema', 'schema.prisma', '--database', database.url]
  const pushed = await run(folder, ['push', ...common])
  if (pushed.code !== 0) {
    throw new Error(`tenon push ended with ${pushed.code}:\n${pushed.stderr}`)
  }
  const server = await serve(folder, [...common, ...args], await prepare(folder))
  server.folder = folder
  server.database = database.url
  server.close = async () => {
    const code = await server.stop()
    await database.drop()
    await removeWorkspace(folder)
    // A leak, say, is only told at the end.
    if (code !== 0) throw new Error(`the server ended with ${code}:\n${server.log.join('\n')}`)
  }
  return server
}
