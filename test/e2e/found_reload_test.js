// A database that is served as it is found and changes meanwhile: it is looked
// at again when it says so, and nobody who is being answered notices.
// Runs alone: it looks at how long things take.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'

import * as postgres from './support/postgres_world.js'
import { removeWorkspace, serve, workspace } from './support/tenon.js'

const PATIENCE_MS = 15_000

let database
let folder
let server
let anonymous

before(async () => {
  if (postgres.skip) return
  database = await postgres.create()
  anonymous = `${database.name}_anonymous`
  await database.run(`
    CREATE TABLE things (id int PRIMARY KEY, name text);
    INSERT INTO things SELECT n, 'thing ' || n FROM generate_series(1, 100) n;
    CREATE FUNCTION slow() RETURNS SETOF things STABLE LANGUAGE sql AS
      'SELECT t.* FROM things t, pg_sleep(1.5) WHERE id = 1';
    CREATE ROLE ${anonymous} NOLOGIN;
    GRANT SELECT ON things TO ${anonymous};
    ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO ${anonymous};`)
  folder = await workspace()
  server = await start()
})

const start = (...args) =>
  serve(folder, ['--introspect', '--database', database.url, '--anon-role', anonymous, ...args])

after(async () => {
  await server?.stop()
  await database?.run(`DROP OWNED BY ${anonymous}; DROP ROLE ${anonymous}`)
  await database?.drop()
  if (folder) await removeWorkspace(folder)
})

const check = (name, run) => test(name, { skip: postgres.skip }, run)

async function ask(path, from = server) {
  const response = await from.fetch(path)
  const text = await response.text()
  return { status: response.status, body: text === '' ? null : JSON.parse(text) }
}

/** Asks until the answer is the one that is waited for. */
async function until(path, isIt, from = server) {
  const end = Date.now() + PATIENCE_MS
  for (;;) {
    const answer = await ask(path, from)
    if (isIt(answer)) return answer
    assert.ok(Date.now() < end, `${path}: still ${JSON.stringify(answer)}`)
    await sleep(20)
  }
}

const isThere = (answer) => answer.status === 200
const notify = (payload) => database.run(`NOTIFY pgrst, '${payload}'`)

/** What the log says, from now on; resolves when it says it. */
async function logged(words, act, from = server) {
  const before = from.log.length
  const said = () => from.log.slice(before).join('\n')
  await act()
  const end = Date.now() + PATIENCE_MS
  while (!said().includes(words)) {
    assert.ok(Date.now() < end, `not logged: ${words}\n${said()}`)
    await sleep(20)
  }
}

check('what is new is served after NOTIFY pgrst, and not before', async () => {
  await database.run('CREATE TABLE late (id int PRIMARY KEY, thing int REFERENCES things)')
  assert.equal((await ask('late')).status, 404)
  await notify('reload schema')
  await until('late?select=id,things(name)', isThere)
  await database.run('ALTER TABLE late ADD note text; DROP TABLE late CASCADE; CREATE TABLE later (late int)')
  await database.run('NOTIFY pgrst')
  await until('later', isThere)
  assert.equal((await ask('late')).body.code, 'PGRST205')
})

check('statements that were prepared for what was there before are not taken for those of now', async () => {
  // Of the same shape: the table that comes first, its first column, and so on.
  await database.run('DROP TABLE later; CREATE SCHEMA away; CREATE TABLE one (a int); CREATE TABLE two (b text)')
  await database.run(`INSERT INTO one VALUES (1); INSERT INTO two VALUES ('x'); NOTIFY pgrst, 'reload schema'`)
  await until('two?select=b', isThere)
  for (let i = 0; i < 4; i++) {
    assert.deepEqual((await ask('one?select=a&a=eq.1')).body, [{ a: 1 }])
    assert.deepEqual((await ask('two?select=b&b=eq.x')).body, [{ b: 'x' }])
  }
  await database.run(`ALTER TABLE one SET SCHEMA away; NOTIFY pgrst, 'reload schema'`)
  await until('one', (answer) => answer.status === 404)
  for (let i = 0; i < 4; i++) assert.deepEqual((await ask('two?select=b&b=eq.x')).body, [{ b: 'x' }])
  await database.run(`ALTER TABLE two RENAME b TO c; ALTER TABLE two ADD d int DEFAULT 5; NOTIFY pgrst, 'reload schema'`)
  await until('two?select=d', isThere)
  assert.deepEqual((await ask('two')).body, [{ c: 'x', d: 5 }])
  assert.equal((await ask('two?select=b')).body.code, '42703')
})

check('requests under way are answered by what was there when they came', async () => {
  const slow = Array.from({ length: 4 }, () => ask('rpc/slow'))
  await sleep(300)
  await database.run(`CREATE TABLE meanwhile (id int); NOTIFY pgrst, 'reload schema'`)
  await until('meanwhile', isThere)
  await database.run(`DROP TABLE meanwhile; NOTIFY pgrst, 'reload schema'`)
  await until('meanwhile', (answer) => answer.status === 404)
  for (const answer of await Promise.all(slow)) {
    assert.deepEqual([answer.status, answer.body], [200, [{ id: 1, name: 'thing 1' }]])
  }
})

check('hundreds of reloads in the midst of requests disturb none', async () => {
  let isDone = false
  const asking = Array.from({ length: 8 }, async (_, who) => {
    let count = 0
    for (; !isDone; count++) {
      const { status, body } = await ask(`things?id=eq.${who + 1}`)
      assert.deepEqual([status, body], [200, [{ id: who + 1, name: `thing ${who + 1}` }]])
    }
    return count
  })
  for (let i = 0; i < 12; i++) {
    await database.run(`${`NOTIFY pgrst, 'reload schema';`.repeat(40)} SELECT pg_sleep(0.05)`)
  }
  isDone = true
  for (const count of await Promise.all(asking)) assert.ok(count > 0)
})

check('a connection that listens and is killed is made anew, and what was missed made up for', async () => {
  await logged('listening to the database again', () => database.run(`CREATE TABLE missed (id int);
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()`))
  await until('missed', isThere)
  await database.run(`CREATE TABLE heard (id int); NOTIFY pgrst, 'reload schema'`)
  await until('heard', isThere)
})

check('a reading that fails leaves what was there, and says why', async () => {
  await logged('the database has no schema', () =>
    database.run(`ALTER SCHEMA public RENAME TO hidden; NOTIFY pgrst, 'reload schema'`))
  // The table is still known, and the database says that it is not there.
  assert.equal((await ask('things?id=eq.1')).body.code, '42P01')
  await database.run('ALTER SCHEMA hidden RENAME TO public')
  assert.equal((await ask('things?id=eq.1')).status, 200)
  await notify('reload schema')
  await until('things?id=eq.1', isThere)
})

check('a signal does it, too', async () => {
  await database.run('CREATE TABLE signalled (id int)')
  server.child.kill('SIGUSR1')
  await until('signalled', isThere)
})

check('other words are no reason to read', async () => {
  await logged('unknown notification', () => notify('\\n reload; DROP TABLE things'))
  assert.equal((await ask('things?limit=1')).status, 200)
})

check('the channel is a setting, whatever its name', async (t) => {
  const other = await start('--channel', 'a "b"; c')
  t.after(() => other.stop())
  await database.run(`CREATE TABLE channelled (id int); NOTIFY pgrst; NOTIFY "a ""b""; c"`)
  await until('channelled', isThere, other)
  const deaf = await start('--channel', 'none')
  t.after(() => deaf.stop())
  await database.run(`CREATE TABLE unheard (id int); NOTIFY pgrst`)
  await until('unheard', isThere)
  assert.equal((await ask('unheard', deaf)).status, 404)
  deaf.child.kill('SIGUSR1')
  await until('unheard', isThere, deaf)
})

check('it ends while it is at it', async () => {
  const other = await start()
  const noise = database.run(`${`NOTIFY pgrst; SELECT pg_sleep(0.01);`.repeat(100)}`)
  await sleep(300)
  assert.equal(await other.stop(), 0)
  await noise
})

check('no role gives its statements longer than the server waits', async () => {
  await database.run(`CREATE OR REPLACE FUNCTION show(name text) RETURNS text STABLE LANGUAGE sql
    AS 'SELECT current_setting($1, true)'`)
  const CASES = [['0', '10s'], ['0.4ms', '10s'], ['1.5s', '1500ms'], ['1h', '10s'], ['300', '300ms'], ['2 min', '10s']]
  for (const [own, held] of CASES) {
    await database.run(`ALTER ROLE ${anonymous} SET statement_timeout = '${own}';
      ALTER ROLE ${anonymous} SET app.own = '${own}'; NOTIFY pgrst`)
    await until('rpc/show?name=app.own', (answer) => answer.body === own)
    assert.equal((await ask('rpc/show?name=statement_timeout')).body, held, own)
  }
  await database.run(`ALTER ROLE ${anonymous} RESET ALL; DROP FUNCTION show; NOTIFY pgrst`)
  await until('rpc/show?name=app.own', (answer) => answer.status === 404)
})

check('what a role has set for itself holds for its requests, as it is now', async () => {
  const show = (name) => ask(`rpc/show?name=${name}`)
  await database.run(`CREATE FUNCTION show(name text) RETURNS text STABLE LANGUAGE sql AS 'SELECT current_setting($1, true)';
    ALTER ROLE ${anonymous} SET statement_timeout = '400ms';
    ALTER ROLE ${anonymous} IN DATABASE ${database.name} SET work_mem = '2MB';
    ALTER ROLE ${anonymous} SET work_mem = '3MB';
    ALTER ROLE ${anonymous} SET search_path = 'nowhere';
    ALTER ROLE ${anonymous} SET app.mode = 'a=b, "c"';
    ALTER ROLE ${anonymous} SET request.method = 'FORGED';
    ALTER ROLE ${anonymous} SET log_min_messages = 'fatal';
    NOTIFY pgrst, 'reload config'`)
  await until('rpc/show?name=work_mem', (answer) => answer.body === '2MB')
  const CASES = [['app.mode', 'a=b, "c"'], ['statement_timeout', '400ms'], ['search_path', '"public", "public"'],
    ['request.method', 'GET']]
  for (const [name, value] of CASES) assert.equal((await show(name)).body, value)
  const slow = await ask('rpc/slow')
  assert.deepEqual([slow.status, slow.body.code], [500, '57014'])
  assert.equal((await ask('things?id=eq.1')).status, 200)
  await database.run(`ALTER ROLE ${anonymous} RESET ALL; NOTIFY pgrst`)
  await until('rpc/show?name=statement_timeout', (answer) => answer.body === '10s')
})
