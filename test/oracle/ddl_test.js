// The databases that our DDL makes have the catalogs of those that Prisma's
// makes, for the schemas of real applications and some of our own; and what the
// loader takes for an engine can be made on it, whatever engine the schema was
// written for. What differs, differs on purpose, and stands in a table.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import * as postgres from '../e2e/support/postgres_world.js'
import { run as tenon } from '../e2e/support/tenon.js'
import { liteFacts, PG_FACTS } from './support/catalog.js'
import { CORPUS, loadOracle, remember, skip } from './support/prisma.js'
import { PROBES } from './support/probes.js'

const run = promisify(execFile)

/**
 * What is not Prisma's on purpose: the fact as we make it is rewritten to
 * theirs, or left out. Each row must have something to do, or it is a lie.
 */
const DELIBERATE = [
  {
    engine: 'sqlite',
    why: 'dates are text of one form, which CURRENT_TIMESTAMP does not make',
    ours: /^(column .* default )strftime\('%Y-%m-%dT%H:%M:%f\+00:00', 'now'\)$/,
    theirs: '$1CURRENT_TIMESTAMP',
  },
  {
    engine: 'sqlite',
    why: 'dates are text of one form, so is a default',
    ours: /^(column Defaults.at default )'2020-01-01T00:00:00.000\+00:00'$/,
    theirs: "$1'2020-01-01 02:00:00 +02:00'",
  },
  {
    engine: 'postgresql',
    why: 'the offset of a date counts, also where the column has none',
    ours: /^(column public."Defaults".at .* default '2020-01-01 )00(:00:00'::timestamp .*)$/,
    theirs: '$102$2',
  },
  {
    engine: 'sqlite',
    why: 'Json is TEXT: JSONB has numeric affinity and would change 1.50',
    ours: /^(column Post\.(?:bundles|recommendations) type )TEXT$/,
    theirs: '$1JSONB',
  },
  {
    engine: 'sqlite',
    why: 'a table whose types allow it is STRICT',
    ours: /^table .* is STRICT$/,
  },
  {
    engine: 'postgresql',
    why: 'a trigger keeps @updatedAt true when others write',
    ours: /^trigger "?tenon_touch_/,
  },
  {
    engine: 'postgresql',
    why: 'the function that the trigger calls',
    ours: /^function tenon_touch\(\)$/,
  },
]

/** What this machine's PostgreSQL lacks, and what it says then. */
const MISSING = {
  'formbricks.prisma': /extension "vector" is not available/,
  'prisma-examples-postgis.prisma': /type "public.geography" does not exist/,
}

/** What the applications expect a database to have. */
const PREPARED = `
  CREATE EXTENSION IF NOT EXISTS citext;
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE EXTENSION IF NOT EXISTS btree_gin;
  CREATE EXTENSION IF NOT EXISTS pgcrypto;
  CREATE EXTENSION IF NOT EXISTS ltree;
  CREATE EXTENSION IF NOT EXISTS "uuid-ossp";
  CREATE DOMAIN ipaddress AS inet;`

const used = new Set()

function asTheirs(engine, facts) {
  return facts.flatMap((fact) => {
    const rule = DELIBERATE.find((r) => r.engine === engine && r.ours.test(fact))
    if (!rule) return [fact]
    used.add(rule)
    return rule.theirs === undefined ? [] : [fact.replace(rule.ours, rule.theirs)]
  })
}

/** Facts that only one side has, for people. */
function differences(ours, theirs) {
  const [a, b] = [new Set(ours), new Set(theirs)]
  return [
    ...ours.filter((f) => !b.has(f)).map((f) => `ours: ${f}`),
    ...theirs.filter((f) => !a.has(f)).map((f) => `theirs: ${f}`),
  ]
}

describe('DDL', { skip }, () => {
  let folder
  let oracle
  let DatabaseSync
  const schemas = [] // { name, engine: the one it was written for, text }

  before(async () => {
    // Node.js calls its SQLite experimental, on every start.
    process.removeAllListeners('warning')
    ;({ DatabaseSync } = await import('node:sqlite'))
    folder = await mkdtemp(join(tmpdir(), 'tenon-ddl-'))
    oracle = await loadOracle()
    for (const name of await readdir(CORPUS)) {
      if (!name.endsWith('.prisma')) continue
      const text = await readFile(new URL(name, CORPUS), 'utf8')
      const [, provider] = /^\s*provider\s*=\s*"(sqlite|postgres(?:ql)?)"/m.exec(
        text.slice(text.search(/^datasource/m)),
      ) ?? [null, 'another']
      schemas.push({ name, text, engine: provider.replace(/^postgres$/, 'postgresql') })
    }
    for (const probe of PROBES)
      schemas.push({ ...probe, name: `${probe.name}-${probe.engine}.prisma` })
    for (const { name, text } of schemas) await writeFile(join(folder, name), text)
  })

  after(async () => {
    if (folder) await rm(folder, { recursive: true })
  })

  /** Our SQL, or null where the loader refuses the schema. */
  async function ours({ name }, engine) {
    const diff = ['migrate', 'diff', '--from', 'empty', '--to', name, '--engine', engine]
    const { code, stdout } = await tenon(folder, diff)
    return code === 0 ? stdout : null
  }

  /** Prisma's SQL, or null where it refuses the schema. */
  async function theirs({ text }) {
    return oracle(text).catch(() => null)
  }

  function onSqlite(sql) {
    const db = new DatabaseSync(':memory:')
    db.exec(sql)
    return liteFacts(db)
  }

  /** In a transaction that is undone. */
  function onPostgres(database) {
    return async (sql) => {
      const script = `BEGIN;\n${sql}\n;\\o ${folder}/facts\n${PG_FACTS};\n\\o\nROLLBACK;\n`
      await writeFile(join(folder, 'script'), script)
      const options = ['-XqAt', '-v', 'ON_ERROR_STOP=1', '-f', join(folder, 'script')]
      await run('psql', [database.url, ...options], {
        env: { ...process.env, PGOPTIONS: '-c client_min_messages=error' },
      })
      return JSON.parse(await readFile(join(folder, 'facts'), 'utf8'))
    }
  }

  /** Prisma's SQL makes the same each time, and takes half of the test's. */
  function remembered(sql, facts) {
    return remember([sql, facts, PG_FACTS, liteFacts].join('\n'), () => facts(sql))
  }

  async function compareAll(engine, facts) {
    const failures = []
    let compared = 0
    let made = 0
    for (const schema of schemas) {
      const sql = await ours(schema, engine)
      if (sql === null) {
        const isProbe = schema.name.includes(`-${engine}.prisma`)
        if (isProbe) failures.push(`${schema.name}: the loader refuses it`)
        continue
      }
      const missing = engine === 'postgresql' ? MISSING[schema.name] : undefined
      try {
        const got = await facts(sql)
        assert.equal(missing, undefined, 'what it needs is there')
        made++
        const other = schema.engine === engine ? await theirs(schema) : null
        if (other === null) continue
        const lines = differences(asTheirs(engine, got), await remembered(other, facts))
        failures.push(...lines.map((line) => `${schema.name}: ${line}`))
        compared++
      } catch (error) {
        if (!missing?.test(error.stderr ?? error.message))
          failures.push(`${schema.name}: ${error.stderr ?? error.stack}`)
      }
    }
    assert.deepEqual(failures, [])
    return { made, compared }
  }

  test('makes on SQLite what Prisma makes', async (t) => {
    const { made, compared } = await compareAll('sqlite', onSqlite)
    t.diagnostic(`${made} schemas made, ${compared} compared`)
    assert.ok(made >= 45 && compared >= 15)
  })

  test('makes on PostgreSQL what Prisma makes', { skip: postgres.skip }, async (t) => {
    const database = await postgres.create(t)
    await database.run(PREPARED)
    const { made, compared } = await compareAll('postgresql', onPostgres(database))
    t.diagnostic(`${made} schemas made, ${compared} compared`)
    assert.ok(made >= 45 && compared >= 30)
  })

  test('has no excuse that excuses nothing', { skip: postgres.skip }, () => {
    const idle = DELIBERATE.filter((rule) => !used.has(rule)).map((rule) => rule.why)
    assert.deepEqual(idle, [])
  })
})
