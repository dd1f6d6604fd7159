/*
 * The PostgreSQL of the benchmarks: a private server that writes through to the
 * disk, with a database of the same rows for each contender.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { SCHEMAS, TENON } from './contenders.js'

const TOOL = 'tools/postgres'

const run = (program, ...args) =>
  execFileSync(program, args, { encoding: 'utf8' }).trim()

const fill = (rows) => `INSERT INTO item (user_id, title, note, price,
  quantity, active, created_at)
  SELECT i * 7919 % 10000 + 1, 'Item ' || i || ' of a list',
    'A note of some length about ' || to_hex(i * 2654435761),
    (i * 31 % 65536) / 100.0, i % 1024, i % 2 = 0,
    timestamp '2024-01-01' + i * interval '1 minute'
  FROM generate_series(1, ${rows}::bigint) i`

/* A sale for ten items, with five lines each, of a hundredth as many sellers. */
const fillSales = (rows) => [
  `INSERT INTO seller (name, city, created_at)
    SELECT 'Seller ' || i, 'City ' || i % 97, timestamp '2024-01-01'
    FROM generate_series(1, ${Math.ceil(rows / 1000)}) i`,
  `INSERT INTO sale (seller_id, note, total, is_paid, created_at)
    SELECT i * 7919::bigint % ${Math.ceil(rows / 1000)} + 1,
      'A note about sale ' || i, (i * 31 % 65536) / 4.0, i % 2 = 0,
      timestamp '2024-01-01' + i * interval '1 minute'
    FROM generate_series(1, ${Math.floor(rows / 10)}) i`,
  `INSERT INTO line (sale_id, title, quantity, price)
    SELECT (i - 1) / 5 + 1, 'Line ' || i || ' of a sale', i % 9 + 1,
      i % 4096 / 8.0
    FROM generate_series(1, ${Math.floor(rows / 10) * 5}) i`,
]

/** Starts the server; databases are made one by one, `stop` removes it all. */
export function startPostgres() {
  const folder = mkdtempSync(join(tmpdir(), 'bench-pg-'))
  const directory = join(folder, 'server')
  execFileSync('chmod', ['755', folder])
  const url = run(TOOL, 'start', directory)
  const psql = (...commands) => run(TOOL, 'psql', directory, '-q',
    '-v', 'ON_ERROR_STOP=1', ...commands.flatMap((sql) => ['-c', sql]))
  return {
    version: run(TOOL, 'psql', directory, '-Atc', 'SHOW server_version'),
    makeDatabase(name, rows, isGuarded = !name.startsWith('fastify')) {
      const database = name.replace(/ /g, '_')
      const own = url.replace(/\/postgres$/, `/${database}`)
      psql(`CREATE DATABASE ${database}`)
      /* The bare loop's changes are recorded as ours are, a peer's are not; and
       * nobody's when the tables are filled. */
      run(TENON, 'push', '--schema', SCHEMAS.postgresql, '--database', own,
        `--database-guards=${isGuarded}`)
      psql(`\\c ${database}`, "SET tenon.session = 'own'", fill(rows),
        ...fillSales(rows), 'VACUUM ANALYZE', 'CHECKPOINT')
      return own
    },
    stop() {
      run(TOOL, 'stop', directory)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
