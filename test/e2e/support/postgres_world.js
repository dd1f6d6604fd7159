// A PostgreSQL database of a test's own, in the server that
// TENON_TEST_POSTGRES names (`./dev test` starts one). It is spoken to through
// psql, which comes with the server.
//
//   test('...', { skip: postgres.skip }, async (t) => {
//     const database = await postgres.create(t)
//     await database.run('CREATE TABLE t (id int)')
//     assert.deepEqual(await database.rows('SELECT * FROM t'), [])
//   })

import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { promisify } from 'node:util'

const SERVER = process.env.TENON_TEST_POSTGRES

/** Why tests on PostgreSQL cannot run here, or false. */
export const skip = SERVER ? false : 'no server: run it with ./dev test'

async function psql(url, sql) {
  const child = promisify(execFile)(
    'psql',
    [url, '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-f', '-'],
    { maxBuffer: 256 * 1024 * 1024, env: { ...process.env, PGTZ: 'UTC' } },
  )
  child.child.stdin.end(sql)
  return (await child).stdout
}

/** A database that was made by `create`. */
export class PostgresDatabase {
  constructor(name) {
    this.name = name
    const url = new URL(SERVER)
    url.pathname = `/${name}`
    this.url = url.href
  }

  /** Runs a script; rejects with the server's message. */
  async run(sql) {
    await psql(this.url, sql)
  }

  /** The rows of one SELECT, as objects. */
  async rows(sql) {
    return JSON.parse(await psql(this.url, `SELECT coalesce(json_agg(t), '[]') FROM (${sql}) t`))
  }

  /** Drops it, whoever is connected. */
  async drop() {
    await psql(SERVER, `DROP DATABASE IF EXISTS ${this.name} WITH (FORCE)`)
  }
}

/** Makes an empty database, which is dropped after the test t. */
export async function create(t) {
  const database = new PostgresDatabase(`test_${randomBytes(8).toString('hex')}`)
  await psql(SERVER, `CREATE DATABASE ${database.name}`)
  t?.after(() => database.drop())
  return database
}
