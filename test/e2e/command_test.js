// The command line: exit codes, what goes where, and errors that are one clear
// line and a hint.

import assert from 'node:assert/strict'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, test } from 'node:test'

import { removeWorkspace, run, serve, workspace } from './support/tenon.js'

const SCHEMA = `model Note {
  id   Int    @id @default(autoincrement())
  text String

  @@map("notes")
  @@allow('all', true)
}
`

const BROKEN = `model Note {
  id   Int    @id
  text Sting
  text String
}

model Other {
  id Int @id @default(later())
}
`

const folders = []
async function folder(files = { 'schema.prisma': SCHEMA }) {
  const made = await workspace(files)
  folders.push(made)
  return made
}
after(() => Promise.all(folders.map(removeWorkspace)))

const IN_APP = ['--schema', 'schema.prisma', '--database', 'file:app.db']

/** A failure is short, names the trouble and is no trace of ours. */
function assertClearError(result, pattern) {
  assert.notEqual(result.code, 0)
  assert.notEqual(result.code, null, 'it ended by itself')
  assert.match(result.stderr, pattern)
  assert.doesNotMatch(result.stderr, /\.c:\d+|ASSERT|backtrace|Sanitizer/)
  const lines = result.stderr.trim().split('\n')
  const ours = lines.slice(lines.findIndex((line) => line.startsWith('tenon: ')))
  assert.ok(ours.length <= 3, result.stderr)
}

test('version', async () => {
  const { code, stdout, stderr } = await run(await folder(), ['version'])
  assert.equal(code, 0)
  assert.match(stdout, /^tenon \d+\.\d+\.\d+/)
  assert.equal(stderr, '')
})

test('--version is version', async () => {
  const [habit, command] = [await run(await folder(), ['--version']), await run(await folder(), ['version'])]
  assert.deepEqual(habit, command)
})

test('help and version work beside a broken .env', async () => {
  const made = await folder({ '.env': 'not a setting' })
  for (const command of ['help', 'version']) assert.equal((await run(made, [command])).code, 0)
  assertClearError(await run(made, ['config']), /\.env line 1/)
})

test('help lists the commands', async () => {
  for (const args of [['help'], ['--help'], ['-h']]) {
    const { code, stdout } = await run(await folder(), args)
    assert.equal(code, 0)
    for (const name of ['init', 'check', 'format', 'push', 'serve', 'config', 'version', 'help']) {
      assert.match(stdout, new RegExp(`\\b${name}\\b`))
    }
  }
})

test('without a command it prints help', async () => {
  const { stdout } = await run(await folder(), [])
  assert.match(stdout, /serve/)
})

test('what others wrote does not command the terminal', async () => {
  const { stderr } = await run(await folder(), ['\x1b[31mr\x9b1m\u00fc'])
  assert.match(stderr, /'\?\[31mr\?\?1m\u00fc'/)
})

test('help of one command', async () => {
  for (const args of [['help', 'check'], ['check', '--help']]) {
    const { code, stdout } = await run(await folder(), args)
    assert.equal(code, 0)
    assert.match(stdout, /--json/)
  }
})

for (const [name, args, pattern] of [
  ['command', ['srve'], /srve[\s\S]*serve/],
  ['option', ['serve', '--lisen', 'x'], /--lisen[\s\S]*--listen/],
  ['option of check', ['check', '--jsno', 'schema.prisma'], /--jsno[\s\S]*--json/],
  ['short option', ['serve', '-p', '80'], /option '-p'/],
]) {
  test(`an unknown ${name} gets a line and a hint`, async () => {
    assertClearError(await run(await folder(), args), pattern)
  })
}

test('who asks for the help of nothing did not say what to do', async () => {
  for (const args of [['srve'], ['help', 'srve'], ['migrate', 'srve']]) {
    const { code } = await run(await folder(), args)
    assert.equal(code, 2, args.join(' '))
  }
})

test('a switch takes no value', async () => {
  assertClearError(await run(await folder(), ['check', '--json=no', 'schema.prisma']), /--json takes no value/)
})

test('an option without its value', async () => {
  assertClearError(await run(await folder(), ['serve', '--listen']), /--listen/)
})

test('a value that an option cannot take', async () => {
  const made = await folder()
  await run(made, ['push', ...IN_APP])
  for (const [option, value] of [
    ['--workers', 'many'],
    ['--workers', '-1'],
    ['--listen', 'nowhere'],
    ['--database', 'mysql:x'],
    ['--head-timeout', '10'],
    ['--max-body-size', '99999999999GB'],
  ]) {
    assertClearError(await run(made, ['serve', ...IN_APP, option, value]), new RegExp(value.split(':')[0]))
  }
})

test('check of a good file says nothing is wrong', async () => {
  const { code, stdout, stderr } = await run(await folder(), ['check', 'schema.prisma'])
  assert.equal(code, 0)
  assert.doesNotMatch(stdout + stderr, /error/)
})

test('check reports all errors of a file with carets', async () => {
  const { code, stdout, stderr } = await run(await folder({ 'schema.prisma': BROKEN }), ['check', 'schema.prisma'])
  const output = stdout + stderr
  assert.equal(code, 1)
  assert.match(output, /schema\.prisma:3:8/)
  assert.match(output, /schema\.prisma:4:3/)
  assert.match(output, /schema\.prisma:8:\d+/)
  assert.match(output, / text Sting\n[ |]*\^/)
})

test('check --json lists the same for editors', async () => {
  const { code, stdout } = await run(await folder({ 'schema.prisma': BROKEN }), ['check', 'schema.prisma', '--json'])
  assert.equal(code, 1)
  const list = JSON.parse(stdout)
  const first = list.find((entry) => entry.line === 3)
  assert.deepEqual(Object.keys(first), ['file', 'line', 'column', 'length', 'severity', 'code', 'message'])
  assert.equal(first.file, 'schema.prisma')
  assert.equal(first.column, 8)
  assert.equal(first.length, 5)
  assert.equal(first.severity, 'error')
  assert.match(first.message, /Sting/)
  const good = await run(await folder(), ['check', 'schema.prisma', '--json'])
  assert.equal(good.code, 0)
  assert.deepEqual(JSON.parse(good.stdout), [])
})

/** A type that PostgreSQL alone has. */
const PLACES = (provider) => `datasource db {
  provider = "${provider}"
}
model Place {
  id    Int @id
  where Unsupported("point")

  @@allow('all', true)
}
`

test('check judges for an engine: the one that is named, that of the database, the provider', async () => {
  const made = await folder({ 'schema.prisma': PLACES('postgresql') })
  for (const [options, isRefused] of [
    [[], false],
    [['--database', 'file:app.db'], true],
    [['--database', 'postgresql://nowhere/x'], false],
    [['--engine', 'sqlite'], true],
    [['--engine', 'postgresql', '--database', 'file:app.db'], false],
  ]) {
    const { code, stdout } = await run(made, ['check', ...options])
    assert.equal(code, isRefused ? 1 : 0, options.join(' '))
    assert.equal(/SQLite has no type 'point'/.test(stdout), isRefused, options.join(' '))
  }
  assertClearError(await run(made, ['check', '--engine', 'mysql']), /sqlite or postgresql, got 'mysql'/)
})

test('a folder is a schema of several files', async () => {
  const made = await folder({
    'schema/user.prisma': "model User {\n  id Int @id\n  posts Post[]\n  @@allow('all', true)\n}\n",
    'schema/blog/post.prisma':
      "model Post {\n  id Int @id\n  user User @relation(fields: [userId], references: [id])\n" +
      "  userId Int\n  text Strin\n  @@allow('all', true)\n}\n",
  })
  const { code, stdout } = await run(made, ['check', '--schema', 'schema'])
  assert.equal(code, 1)
  assert.match(stdout, /^schema\/blog\/post\.prisma:5:8: error: unknown type 'Strin'/)
  assert.match(stdout, /schema: 1 error\n$/)
})

test('a model without a policy is a warning', async () => {
  const made = await folder({ 'schema.prisma': 'model A {\n  id Int @id\n}\n' })
  const { code, stdout } = await run(made, ['check', 'schema.prisma', '--json'])
  assert.equal(code, 0)
  assert.deepEqual(JSON.parse(stdout).map((entry) => entry.severity), ['warning'])
})

test('a condition that is not constant is checked, and closed for now', async () => {
  const made = await folder({
    'schema.prisma': "model A {\n  id Int @id\n\n  @@allow('read', id == 1)\n}\n",
  })
  const { code, stdout, stderr } = await run(made, ['check', 'schema.prisma'])
  assert.equal(code, 0, stderr)
  assert.match(stdout, /treated as closed \[W0904\]/)
})

test('check of a file that is not there', async () => {
  assertClearError(await run(await folder(), ['check', 'gone.prisma']), /gone\.prisma/)
})

test('push makes the database, and then has nothing to do', async () => {
  const made = await folder()
  const first = await run(made, ['push', ...IN_APP])
  assert.equal(first.code, 0, first.stderr)
  assert.match(first.stdout + first.stderr, /notes/)
  const { mode } = await stat(join(made, 'app.db'))
  assert.equal(mode & 0o077, 0, 'nobody else may read the database')
  const second = await run(made, ['push', ...IN_APP])
  assert.equal(second.code, 0)
})

test('push refuses a schema with errors', async () => {
  const made = await folder({ 'schema.prisma': BROKEN })
  const { code, stdout, stderr } = await run(made, ['push', ...IN_APP])
  assert.equal(code, 1)
  assert.match(stdout + stderr, /schema\.prisma:3:8/)
  assert.ok(!(await readdir(made)).includes('app.db'))
})

test('push changes a database that differs', async () => {
  const made = await folder()
  await run(made, ['push', ...IN_APP])
  await writeFile(join(made, 'schema.prisma'), SCHEMA.replace('text String', 'text String\n  more Int?'))
  const { code, stdout, stderr } = await run(made, ['push', ...IN_APP])
  assert.equal(code, 0, stderr)
  assert.match(stdout, /add column "more" to "notes"/)
})

test('push loses data only when told to', async () => {
  const made = await folder()
  await run(made, ['push', ...IN_APP])
  await writeFile(join(made, 'schema.prisma'), SCHEMA.replace('text String', 'body String'))
  const refused = await run(made, ['push', ...IN_APP])
  assert.equal(refused.code, 1)
  assert.match(refused.stderr, /column "text" of table "notes" and its values are dropped/)
  assert.match(refused.stderr, /@renamed\(from: "text"\)/)
  assert.match(refused.stderr, /--accept-data-loss/)
  const accepted = await run(made, ['push', '--accept-data-loss', ...IN_APP])
  assert.equal(accepted.code, 0, accepted.stderr)
})

test('migrate diff prints the way from one schema to another', async () => {
  const made = await folder()
  await writeFile(join(made, 'new.prisma'), SCHEMA.replace('text String', 'text String\n  more Int?'))
  const diff = (from, to, ...more) => run(made, ['migrate', 'diff', '--from', from, '--to', to, ...more])
  const lite = await diff('schema.prisma', 'new.prisma')
  assert.equal(lite.code, 0, lite.stderr)
  assert.match(lite.stdout, /^-- add column "more" to "notes"\nALTER TABLE "notes" ADD COLUMN "more" INTEGER/)
  const postgres = await diff('empty', 'new.prisma', '--engine', 'postgresql')
  assert.match(postgres.stdout, /"more" integer/)
  assert.equal((await diff('schema.prisma', 'schema.prisma')).stdout, '-- no difference\n')

  await run(made, ['push', ...IN_APP])
  const database = await diff('file:app.db', 'new.prisma')
  assert.equal(database.stdout, lite.stdout)
  assertClearError(await diff('file:app.db', 'new.prisma', '--engine', 'postgresql'), /SQLite cannot be compared/)
  assertClearError(await run(made, ['migrate', 'diff']), /--from and --to/)
})

test('serve refuses a database that differs, and names push', async () => {
  const made = await folder()
  await run(made, ['push', ...IN_APP])
  await writeFile(join(made, 'schema.prisma'), SCHEMA.replace('text String', 'text String\n  more Int?'))
  const result = await run(made, ['serve', '--listen', '127.0.0.1:0', ...IN_APP])
  assert.notEqual(result.code, 0)
  assert.match(result.stderr, /more/)
  assert.match(result.stderr, /push/)
})

test('serve without a database names push', async () => {
  assertClearError(await run(await folder(), ['serve', '--listen', '127.0.0.1:0', ...IN_APP]), /push/)
})

test('serve without a schema file names init', async () => {
  assertClearError(await run(await folder({}), ['serve', '--listen', '127.0.0.1:0']), /schema[\s\S]*init/)
})

test('one process serves a database file at a time', async () => {
  const made = await folder()
  await run(made, ['push', ...IN_APP])
  const first = await serve(made, IN_APP)
  try {
    assertClearError(
      await run(made, ['serve', '--listen', '127.0.0.1:0', ...IN_APP]),
      /app\.db/,
    )
    assert.equal((await fetch(`${first.rest}/notes`)).status, 200)
  } finally {
    await first.stop('SIGKILL')
  }
  const next = await serve(made, IN_APP)
  assert.equal(await next.stop(), 0)
})

test('a port that is taken is a clear error', async () => {
  const made = await folder()
  await run(made, ['push', ...IN_APP])
  const first = await serve(made, IN_APP)
  try {
    const other = await folder()
    await run(other, ['push', ...IN_APP])
    assertClearError(
      await run(other, ['serve', '--listen', `127.0.0.1:${first.port}`, ...IN_APP]),
      new RegExp(`${first.port}`),
    )
  } finally {
    await first.stop()
  }
})

test('SIGTERM ends the server with success after the open requests', async () => {
  const made = await folder()
  await run(made, ['push', ...IN_APP])
  const server = await serve(made, IN_APP)
  await (await fetch(`${server.rest}/notes`)).text()
  assert.equal(await server.stop('SIGTERM'), 0)
})

test('what was acknowledged is there after a restart', async () => {
  const made = await folder()
  await run(made, ['push', ...IN_APP])
  const first = await serve(made, IN_APP)
  await fetch(`${first.rest}/notes`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{"text":"kept"}',
  })
  await first.stop('SIGKILL')
  const second = await serve(made, IN_APP)
  assert.deepEqual(await (await fetch(`${second.rest}/notes?select=text`)).json(), [{ text: 'kept' }])
  await second.stop()
})

test('--dev-open opens everything, with a warning, on loopback only', async () => {
  const made = await folder({ 'schema.prisma': SCHEMA.replace("  @@allow('all', true)\n", '') })
  await run(made, ['push', ...IN_APP])
  const server = await serve(made, [...IN_APP, '--dev-open'])
  const response = await fetch(`${server.rest}/notes`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{"text":"open"}',
  })
  assert.equal(response.status, 201)
  assert.match(server.log.join('\n'), /dev-open/)
  await server.stop()
  assertClearError(
    await run(made, ['serve', '--listen', '0.0.0.0:0', ...IN_APP, '--dev-open']),
    /dev-open/,
  )
})

test('an address that others reach is served with a warning', async () => {
  const made = await folder()
  await run(made, ['push', ...IN_APP])
  const server = await serve(made, [...IN_APP, '--listen', '0.0.0.0:0'])
  await server.stop()
  assert.match(server.log.join('\n'), /warn/i)
})

test('config lists every option with its value and source', async () => {
  const made = await folder({ '.env': 'TENON_WORKERS=3\n' })
  const { code, stdout } = await run(made, ['config', '--listen', '127.0.0.1:9'], { env: { TENON_MAX_ROWS: '17' } })
  assert.equal(code, 0)
  assert.match(stdout, /127\.0\.0\.1:9/)
  assert.match(stdout, /\b17\b/)
  assert.match(stdout, /\b3\b/)
  assert.match(stdout, /\.env/)
  assert.match(stdout, /default/)
})

test('init makes an application that check, push and serve take', async () => {
  const made = await folder({})
  const first = await run(made, ['init'])
  assert.equal(first.code, 0, first.stderr)
  assert.ok((await readdir(made)).includes('schema.prisma'))
  assert.equal((await run(made, ['check', 'schema.prisma'])).code, 0)
  assert.equal((await run(made, ['push'])).code, 0)
  const server = await serve(made)
  assert.equal((await fetch(`${server.url}/healthz`)).status, 200)
  await server.stop()

  const before = await readFile(join(made, 'schema.prisma'), 'utf8')
  const again = await run(made, ['init'])
  assert.notEqual(again.code, 0)
  assert.equal(await readFile(join(made, 'schema.prisma'), 'utf8'), before)
})

/** The flags and environment variables of the settings, as config.def has them. */
async function settings() {
  const table = await readFile(new URL('../../src/bin/config.def', import.meta.url), 'utf8')
  const rows = [...table.matchAll(/^X\(\w+, "([^"]+)", "([^"]+)"/gm)]
  assert.ok(rows.length > 40)
  return { flags: rows.map((row) => row[1]), variables: rows.map((row) => row[2]) }
}

test('the help of serve has every setting, that of another command those that it reads', async () => {
  const { flags } = await settings()
  const made = await folder()
  const listed = async (command) =>
    [...(await run(made, ['help', command])).stdout.matchAll(/^ {2}--([\w-]+)/gm)].map((match) => match[1])
  assert.deepEqual(await listed('serve'), flags)
  const pushed = await listed('push')
  assert.ok(pushed.includes('accept-data-loss') && pushed.includes('database'))
  assert.ok(!pushed.includes('listen'))
  assert.match((await run(made, ['help', 'serve'])).stdout, /\n {2}https .*\n {2}replicas .*[\s\S]*\n {2}as found /)
})

test('the documentation names settings and options that there are', async () => {
  const { flags, variables } = await settings()
  const table = await readFile(new URL('../../src/bin/command.c', import.meta.url), 'utf8')
  const options = [...table.matchAll(/\{[\s\\]*STR_INIT\("([a-z-]+)"\),/g)].map((match) => match[1])
  const known = new Set([...flags, ...options, 'help', 'version'])
  const docs = new URL('../../docs/', import.meta.url)
  const pages = (await readdir(docs)).filter((name) => name.endsWith('.md')).map((name) => new URL(name, docs))
  for (const page of [new URL('../../README.md', import.meta.url), ...pages]) {
    const text = await readFile(page, 'utf8')
    const commands = text.match(/^ *([A-Z_]+=\S+ +)*tenon [a-z].*$/gm) ?? []
    const named = [
      ...[...text.matchAll(/`--([a-z][a-z-]+)/g)],
      ...commands.flatMap((line) => [...line.matchAll(/ --([a-z][a-z-]+)/g)]),
    ].map((match) => match[1])
    assert.deepEqual(named.filter((flag) => !known.has(flag)), [], page.pathname)
    const used = [...text.matchAll(/\b(TENON_[A-Z_]+|DATABASE_([A-Z]+_)?URLS?)\b/g)].map((match) => match[1])
    assert.deepEqual(used.filter((name) => !variables.includes(name)), [], page.pathname)
  }
})
