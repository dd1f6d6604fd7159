// `tenon migrate`: what each command does to a database, to the folder of
// migrations and to its exit code. Every test runs on SQLite, and on PostgreSQL
// where there is a server.
// Runs alone: it looks at how long things take.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, describe, test } from 'node:test'

import * as postgres from './support/postgres_world.js'
import { BINARY, removeWorkspace, run, serve, workspace } from './support/tenon.js'

const SCHEMA = `model Note {
  id   Int    @id @default(autoincrement())
  text String

  @@allow('all', true)
}
`
const WITH_AGE = SCHEMA.replace('text String', 'text String\n  age  Int?')

const cleanups = []
after(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup()
})

/** An application with a database of its own that is still empty. */
class App {
  constructor(folder, url, sql) {
    this.folder = folder
    this.env = { DATABASE_URL: url }
    this.sql = sql
  }

  /** A database that was made by something else, and no migrations. */
  async makeWithoutHistory() {
    await this.succeed('dev', '--name', 'init')
    await rename(join(this.folder, 'migrations'), join(this.folder, 'put-away'))
    const isFile = this.env.DATABASE_URL.startsWith('file:')
    await this.sql(isFile ? 'DROP TABLE tenon_migration' : 'DROP SCHEMA tenon CASCADE')
  }

  run(...args) {
    return run(this.folder, args, { env: this.env })
  }

  migrate(...args) {
    return this.run('migrate', ...args)
  }

  /** Runs it and fails the test when it fails. */
  async succeed(...args) {
    const result = await this.migrate(...args)
    assert.equal(result.code, 0, result.stdout + result.stderr)
    return result.stdout
  }

  async refuse(pattern, ...args) {
    const result = await this.migrate(...args)
    assert.notEqual(result.code, 0, result.stdout)
    assert.match(result.stderr, pattern)
    assert.doesNotMatch(result.stderr, /\.c:\d+|ASSERT|Sanitizer/)
    return result
  }

  write(schema) {
    return writeFile(join(this.folder, 'schema.prisma'), schema)
  }

  async migrations() {
    return (await readdir(join(this.folder, 'migrations')).catch(() => [])).sort()
  }

  path(name, file) {
    return join(this.folder, 'migrations', name, file)
  }

  /** A migration that was written by hand, the same for both engines. */
  async add(name, sql) {
    await mkdir(join(this.folder, 'migrations', name), { recursive: true })
    for (const engine of ['sqlite', 'postgresql']) await writeFile(this.path(name, `${engine}.sql`), sql)
  }
}

const ENGINES = [
  {
    engine: 'sqlite',
    async open() {
      const folder = await workspace({ 'schema.prisma': SCHEMA })
      cleanups.push(() => removeWorkspace(folder))
      return new App(folder, 'file:app.db', (sql) => {
        const database = new DatabaseSync(join(folder, 'app.db'))
        database.exec(sql)
        database.close()
      })
    },
  },
  {
    engine: 'postgresql',
    skip: postgres.skip,
    async open() {
      const database = await postgres.create()
      cleanups.push(() => database.drop())
      const folder = await workspace({ 'schema.prisma': SCHEMA })
      cleanups.push(() => removeWorkspace(folder))
      return new App(folder, database.url, (sql) => database.run(sql))
    },
  },
]

for (const { engine, skip, open } of ENGINES) {
  describe(engine, { skip }, () => {
    const file = `${engine}.sql`

    test('dev writes a migration for both engines, applies it and checks it', async () => {
      const app = await open()
      assert.match(await app.succeed('dev', '--name', 'Make notes!'), /made .*make_notes\napplied/)
      const [name] = await app.migrations()
      assert.match(name, /^\d{14}_make_notes$/)
      assert.deepEqual(await readdir(join(app.folder, 'migrations', name)), [
        'postgresql.sql',
        'schema.prisma',
        'sqlite.sql',
      ])
      assert.match(await readFile(app.path(name, 'sqlite.sql'), 'utf8'), /AUTOINCREMENT/)
      assert.match(await readFile(app.path(name, 'postgresql.sql'), 'utf8'), /CREATE TABLE "Note"/)
      assert.match(await app.succeed('check'), /sqlite +ok[\s\S]*postgresql ok[\s\S]*database +ok/)
      assert.match(await app.succeed('dev'), /nothing to write/)
    })

    test('dev needs a name only when there is something to write', async () => {
      const app = await open()
      await app.refuse(/needs a name[\s\S]*--name/, 'dev')
      assert.deepEqual(await app.migrations(), [])
    })

    test('dev refuses what loses data, and does it when that is agreed to', async () => {
      const app = await open()
      await app.write(WITH_AGE)
      await app.succeed('dev', '--name', 'init')
      await app.write(SCHEMA)
      await app.refuse(/data loss[\s\S]*"age"[\s\S]*--accept-data-loss/, 'dev', '--name', 'drop')
      assert.equal((await app.migrations()).length, 1)
      await app.succeed('dev', '--name', 'drop', '--accept-data-loss')
      const [, name] = await app.migrations()
      assert.match(await readFile(app.path(name, file), 'utf8'), /^-- tenon: accept-data-loss$/m)
    })

    test('--create-only leaves the SQL to be edited, the next dev applies it', async () => {
      const app = await open()
      await app.succeed('dev', '--name', 'init')
      await app.write(WITH_AGE)
      await app.succeed('dev', '--name', 'age', '--create-only')
      const [, name] = await app.migrations()
      const sql = await readFile(app.path(name, file), 'utf8')
      await writeFile(app.path(name, file), `${sql}\nINSERT INTO "Note" ("id", "text") VALUES (7, 'edited');\n`)
      assert.equal((await app.migrate('status')).code, 1)
      assert.match(await app.succeed('dev'), /applied .*_age/)
      await app.succeed('status')
    })

    test('dev refuses a database that was changed beside the migrations', async () => {
      const app = await open()
      await app.succeed('dev', '--name', 'init')
      const [name] = await app.migrations()
      await rename(join(app.folder, 'migrations', name), join(app.folder, 'kept'))
      await rm(join(app.folder, 'migrations'), { recursive: true })
      await app.refuse(/file is missing/, 'dev')

      const other = await open()
      await other.makeWithoutHistory()
      await other.refuse(/is not what its 0 applied[\s\S]*drop table "Note"[\s\S]*--baseline/, 'dev', '--name', 'x')
    })

    test('a database that is there already gets a baseline', async () => {
      const app = await open()
      await app.makeWithoutHistory()
      await app.succeed('dev', '--name', 'init', '--create-only')
      await app.refuse(/already exists[\s\S]*--baseline/, 'deploy')
      assert.match(await app.succeed('deploy', '--baseline'), /written down as applied/)
      await app.succeed('check')
      assert.match(await app.succeed('dev'), /nothing to write/)
    })

    test('a baseline is refused where the database differs', async () => {
      const app = await open()
      await app.write(WITH_AGE)
      await app.makeWithoutHistory()
      const other = await open()
      await other.succeed('dev', '--name', 'init')
      await rename(join(other.folder, 'migrations'), join(app.folder, 'migrations'))
      await app.refuse(/not what the migrations lead to[\s\S]*age/, 'deploy', '--baseline')
    })

    test('deploy applies what is pending, once', async () => {
      const app = await open()
      await app.add('20260101000000_a', 'CREATE TABLE a (id integer PRIMARY KEY);')
      await app.add('20260102000000_b', 'INSERT INTO a VALUES (1);')
      assert.equal((await app.migrate('status')).code, 1)
      assert.match(await app.succeed('deploy'), /_a[\s\S]*_b[\s\S]*2 migrations applied/)
      assert.match(await app.succeed('deploy'), /nothing to do/)
      assert.match(await app.succeed('status'), /_a +applied 20[\s\S]*_b +applied 20/)
    })

    test('two deploys at once apply everything once', async () => {
      const app = await open()
      await app.add('20260101000000_a', 'CREATE TABLE a (id integer PRIMARY KEY);')
      for (let i = 1; i <= 5; i++) await app.add(`2026010200000${i}_n`, `INSERT INTO a VALUES (${i});`)
      const results = await Promise.all([1, 2, 3].map(() => app.migrate('deploy')))
      for (const { code, stderr } of results) assert.equal(code, 0, stderr)
      const applied = results.map(({ stdout }) => stdout.match(/^applied/gm)?.length ?? 0)
      assert.deepEqual(applied.sort(), [0, 0, 6])
    })

    test('a mistake in the SQL is told with its line, and leaves nothing behind', async () => {
      const app = await open()
      await app.add('20260101000000_a', '-- first\n\nCREATE TABLE a (id integer);\n\nINSERT INTO nowhere\n  VALUES (1);\n')
      await app.refuse(new RegExp(`20260101000000_a/${engine}\\.sql:5`), 'deploy')
      await app.add('20260101000000_a', 'CREATE TABLE a (id integer);')
      await app.succeed('deploy')
    })

    test('a migration cannot end the transaction it is in', async () => {
      const app = await open()
      for (const word of ['COMMIT', 'ROLLBACK', 'END', 'BEGIN']) {
        await app.add('20260101000000_a', `CREATE TABLE a (id integer);\n${word};\nCREATE TABLE b (id integer);\n`)
        await app.refuse(new RegExp(`_a/${engine}\\.sql:2: the migration is one transaction already`), 'deploy')
        assert.match((await app.migrate('status')).stdout, /_a +pending/)
      }
      await app.add('20260101000000_a', 'CREATE TABLE a (id integer);\nSAVEPOINT s;\nROLLBACK TO s;\n')
      await app.succeed('deploy')
    })

    test('a table with a counter that is made anew can be deployed elsewhere', async () => {
      const app = await open()
      await app.succeed('dev', '--name', 'init')
      await app.write(SCHEMA.replace('text String', 'text Int'))
      await app.succeed('dev', '--name', 'number')
      const other = await open()
      await rename(join(app.folder, 'migrations'), join(other.folder, 'migrations'))
      await other.succeed('deploy')
    })

    test('an applied migration must stay as it was, but for its line ends', async () => {
      const app = await open()
      await app.add('20260101000000_a', 'CREATE TABLE a (id integer);\n-- end\n')
      await app.succeed('deploy')
      await app.add('20260101000000_a', 'CREATE TABLE a (id integer);\r\n-- end\r\n')
      await app.succeed('deploy')
      await app.add('20260101000000_a', 'CREATE TABLE a (id bigint);\n-- end\n')
      await app.refuse(/edited after it was applied/, 'deploy')
      assert.match((await app.migrate('status')).stdout, /edited/)
      await rm(join(app.folder, 'migrations/20260101000000_a'), { recursive: true })
      await app.refuse(/missing/, 'deploy')
    })

    test('a migration that comes late is refused', async () => {
      const app = await open()
      await app.add('20260102000000_b', 'CREATE TABLE b (id integer);')
      await app.succeed('deploy')
      await app.add('20260101000000_a', 'CREATE TABLE a (id integer);')
      await app.refuse(/older than one that is[\s\S]*later time/, 'deploy')
    })

    test('deploy refuses SQL that loses data unless the file says so', async () => {
      const app = await open()
      await app.add('20260101000000_a', 'CREATE TABLE a (id integer, n integer);')
      await app.succeed('deploy')
      await app.add('20260102000000_b', '-- n is not used\nALTER TABLE a DROP COLUMN n;')
      await app.refuse(/_b\/\w+\.sql:2: DROP COLUMN n loses data[\s\S]*-- tenon: accept-data-loss/, 'deploy')
      await app.add('20260102000000_b', '-- tenon: accept-data-loss\nALTER TABLE a DROP COLUMN n;')
      await app.succeed('deploy')
    })

    test('check tells what differs and fails', async () => {
      const app = await open()
      await app.succeed('dev', '--name', 'init')
      await app.write(WITH_AGE)
      const { code, stdout } = await app.migrate('check')
      assert.equal(code, 1)
      assert.match(stdout, /sqlite +NOT OK: 1 migration does not lead to the schema\n +add column "age"/)
      assert.match(stdout, /database +NOT OK[\s\S]*age/)
    })

    test('reset asks, and --force begins anew', async () => {
      const app = await open()
      await app.succeed('dev', '--name', 'init')
      await app.refuse(/--force/, 'reset')
      assert.match(await app.succeed('reset', '--force'), /emptied[\s\S]*applied .*_init/)
      await app.succeed('check')
    })

    test('reset refuses production, however it is written', async () => {
      const app = await open()
      for (const name of ['production', 'Production', 'PROD', 'prod-eu', 'live'])
        await app.refuse(/production/, 'reset', '--force', '--env', name)
    })

    test('a deploy that is killed leaves nothing half done', async () => {
      const app = await open()
      await app.add('20260101000000_a', 'CREATE TABLE a (id integer PRIMARY KEY);')
      const rows = 'INSERT INTO a SELECT max(id) + 1 FROM a;\n'
      const slow = `INSERT INTO a VALUES (0);\n${rows.repeat(3000)}`
      await app.add('20260102000000_b', slow)
      const child = spawn(BINARY, ['migrate', 'deploy'], {
        cwd: app.folder,
        env: { ...process.env, ...app.env },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      const gone = once(child, 'close')
      await Promise.race([once(child.stdout, 'data'), gone])
      child.kill('SIGKILL')
      await gone
      const before = (await app.migrate('status')).stdout
      assert.match(before, /_a +applied/)
      assert.match(before, /_b +(applied|pending)/)
      await app.succeed('deploy')
      await app.succeed('status')
    })
  })
}

test('PostgreSQL: what cannot be in a transaction goes on where it failed', { skip: postgres.skip }, async () => {
  const app = await ENGINES[1].open()
  await app.add('20260101000000_a', 'CREATE TABLE a (n integer);\nINSERT INTO a VALUES (1), (1);')
  await app.add(
    '20260102000000_b',
    `ALTER TABLE a ADD COLUMN m integer;
-- tenon: outside of the transaction
CREATE INDEX CONCURRENTLY a_m ON a (m);
CREATE UNIQUE INDEX CONCURRENTLY a_n ON a (n);
-- tenon: in the transaction
INSERT INTO a VALUES (3);
`,
  )
  await app.refuse(/_b\/postgresql\.sql:4[\s\S]*(duplicated|a_n)[\s\S]*goes on with the step/, 'deploy')
  assert.match((await app.migrate('status')).stdout, /_b +stopped half way\n +.*a_n/)
  await app.sql('DELETE FROM a')
  await app.succeed('deploy')
  await app.sql('DO $$ BEGIN ASSERT (SELECT count(*) = 1 FROM a); ASSERT (SELECT bool_and(indisvalid) FROM pg_index); END $$')
  await app.succeed('status')
})

test('PostgreSQL: --concurrent makes indexes outside of the transaction', { skip: postgres.skip }, async () => {
  const app = await ENGINES[1].open()
  await app.succeed('dev', '--name', 'init')
  await app.write(SCHEMA.replace('text String', 'text String\n\n  @@index([text])'))
  await app.succeed('dev', '--name', 'index', '--concurrent')
  const [, name] = await app.migrations()
  const sql = await readFile(app.path(name, 'postgresql.sql'), 'utf8')
  assert.match(sql, /-- tenon: outside of the transaction[\s\S]*CREATE INDEX CONCURRENTLY/)
  await app.succeed('check')
  // Killed when the index was made and that was not written down yet.
  await app.sql(`UPDATE tenon.migration SET steps = 0, finished_at = NULL WHERE name = '${name}'`)
  await app.succeed('deploy')
  await app.succeed('check')
})

test('PostgreSQL: a deploy waits no longer than it is told', { skip: postgres.skip }, async () => {
  const app = await ENGINES[1].open()
  await app.add('20260101000000_a', 'CREATE TABLE a (n integer);')
  await app.succeed('deploy')
  await app.add('20260102000000_b', 'ALTER TABLE a ADD COLUMN m integer;')
  const holder = app.sql("BEGIN; LOCK TABLE a; SELECT pg_sleep(3); COMMIT")
  await new Promise((resolve) => setTimeout(resolve, 500))
  await app.refuse(/lock/i, 'deploy', '--lock-timeout', '100ms')
  await holder
  await app.succeed('deploy')
})

test('PostgreSQL: a shadow database is emptied behind each use, and nobody else\'s is', { skip: postgres.skip }, async () => {
  const folder = await workspace({ 'schema.prisma': SCHEMA })
  cleanups.push(() => removeWorkspace(folder))
  const shadow = await postgres.create()
  cleanups.push(() => shadow.drop())
  const dev = (name) =>
    run(folder, ['migrate', 'dev', '--name', name, '--shadow-database', shadow.url], { env: { DATABASE_URL: 'file:app.db' } })
  assert.equal((await dev('init')).code, 0)
  await writeFile(join(folder, 'schema.prisma'), WITH_AGE)
  assert.equal((await dev('age')).code, 0)
  await shadow.run('CREATE SCHEMA app; CREATE TABLE app.precious (id integer)')
  await writeFile(join(folder, 'schema.prisma'), SCHEMA.replace('text String', 'text String\n  age  Int?\n  size Int?'))
  const refused = await dev('size')
  assert.match(refused.stderr, /the shadow database .* is not empty/)
  await shadow.run('SELECT * FROM app.precious')
  const nowhere = ['migrate', 'check', '--shadow-database', 'postgresql://nobody@127.0.0.1:1/x']
  assert.match((await run(folder, nowhere, { env: { DATABASE_URL: 'file:app.db' } })).stdout, /cannot connect to 127\.0\.0\.1/)
})

test('PostgreSQL: no comment in a catalog becomes more than a comment', { skip: postgres.skip }, async () => {
  const folder = await workspace({ 'schema.prisma': SCHEMA })
  cleanups.push(() => removeWorkspace(folder))
  const database = await postgres.create()
  cleanups.push(() => database.drop())
  await database.run(`CREATE TABLE a (id integer PRIMARY KEY);
    COMMENT ON COLUMN a.id IS E'x\\rid Int\\r}\\n}\\nmodel Evil {\\x01\\r\\n'`)
  const env = { DATABASE_URL: database.url }
  const made = await run(folder, ['introspect', '--output', 'made.prisma'], { env })
  assert.equal(made.code, 0, made.stderr)
  const text = await readFile(join(folder, 'made.prisma'), 'utf8')
  assert.doesNotMatch(text, /^(?! *\/\/\/).*Evil/m)
  const pushed = await run(folder, ['push', '--schema', 'made.prisma'], { env })
  assert.match(pushed.stdout, /nothing to do/)
})

test('a folder that is no migration is told', async () => {
  const app = await ENGINES[0].open()
  await mkdir(join(app.folder, 'migrations/init'), { recursive: true })
  await app.refuse(/migrations\/init is not a migration/, 'status')
})

test('a migration without a file for the engine is told', async () => {
  const app = await ENGINES[0].open()
  await app.add('20260101000000_a', 'CREATE TABLE a (id integer);')
  await rm(app.path('20260101000000_a', 'sqlite.sql'))
  await app.refuse(/has no sqlite\.sql/, 'deploy')
})

test('SQLite: deploy does not touch a file that is served', async () => {
  const app = await ENGINES[0].open()
  await app.succeed('dev', '--name', 'init')
  const server = await serve(app.folder, [], { env: app.env })
  try {
    await app.refuse(/in use by process[\s\S]*--lock-timeout/, 'deploy', '--lock-timeout', '0s')
  } finally {
    await server.stop()
  }
})

test('SQLite: serve names deploy where the database has migrations', async () => {
  const app = await ENGINES[0].open()
  await app.succeed('dev', '--name', 'init')
  await app.write(WITH_AGE)
  const { stderr } = await app.run('serve', '--listen', '127.0.0.1:0')
  assert.match(stderr, /age[\s\S]*tenon migrate deploy/)
})

test('SQLite: a row that would lose its parent stops the migration', async () => {
  const app = await ENGINES[0].open()
  await app.add('20260101000000_a', 'CREATE TABLE p (id integer PRIMARY KEY);\nCREATE TABLE c (p integer REFERENCES p(id));\nINSERT INTO p VALUES (1);\nINSERT INTO c VALUES (1);')
  await app.succeed('deploy')
  await app.add('20260102000000_b', '-- tenon: accept-data-loss\nDELETE FROM p;')
  await app.refuse(/row 1 of table "c"/, 'deploy')
  assert.match((await app.migrate('status')).stdout, /_b +pending/)
})

test('the schema of one engine only is written for that one', async () => {
  const app = await ENGINES[0].open()
  await app.write(`datasource db {
  provider = "postgresql"
}

model Place {
  id    Int @id
  point Unsupported("point")?
}
`)
  const made = await app.migrate('dev', '--name', 'places')
  assert.notEqual(made.code, 0, 'the database is SQLite')
  assert.deepEqual(await app.migrations(), [])
})
