// `tenon doctor` on an application that is well and on ones that are not: what
// it finds, how it says so, and its exit code.

import assert from 'node:assert/strict'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'

import { createDatabase, ENGINE, removeWorkspace, run, skip, workspace } from '../e2e/support/tenon.js'

const SCHEMA = `model Note {
  id   Int    @id @default(autoincrement())
  text String

  @@allow('read', true)
}

model Secret {
  id Int @id
}

function twice returns Int {
  n Int
  @@sql("SELECT :n * 2")
  @@stable
  @@allow('call', true)
}
`

let folder, database

before(async () => {
  if (skip) return
  folder = await workspace({ 'schema.prisma': SCHEMA })
  database = await createDatabase(ENGINE)
})
after(async () => {
  await database?.drop()
  if (folder !== undefined) await removeWorkspace(folder)
})

const settings = () => ['--schema', 'schema.prisma', '--database', database.url]

/** What was found, by the name of the check. */
async function look(...args) {
  const { code, stdout, stderr } = await run(folder, ['doctor', '--json', ...settings(), ...args])
  assert.equal(stderr, '')
  const findings = JSON.parse(stdout)
  for (const found of findings) {
    assert.deepEqual(Object.keys(found), ['group', 'check', 'level', 'message', 'details', 'advice'])
    assert.ok(['ok', 'note', 'warning', 'wrong'].includes(found.level), found.level)
    assert.ok(found.message.length > 0, found.check)
    assert.doesNotMatch(found.message, /\.$|^[A-Z][a-z]+ [a-z]/, 'a sentence without capital and full stop')
    if (found.level === 'warning' || found.level === 'wrong') assert.ok(found.advice.length > 0, found.check)
  }
  return { code, ...Object.fromEntries(findings.map((found) => [found.check, found])) }
}

const wrong = (report) => Object.values(report).filter((found) => found.level === 'wrong').map((found) => found.check)

test('a database that is not there yet is named, with the command that makes it', { skip }, async () => {
  const report = await look()
  assert.equal(report.code, 1)
  assert.equal(report.schema.level, 'note')
  if (ENGINE === 'sqlite') {
    assert.match(report.database.message, /there is no database .*app\.db/)
    assert.match(report.database.advice, /tenon push/)
    assert.equal(report.integrity, undefined, 'what needs the database is left out')
  } else {
    assert.deepEqual(wrong(report), ['structure'])
    assert.match(report.structure.advice, /tenon push/)
  }
})

test('an application that is well', { skip }, async () => {
  assert.equal((await run(folder, ['push', ...settings()])).code, 0)
  const report = await look()
  assert.deepEqual(wrong(report), [], JSON.stringify(report, null, 1))
  assert.equal(report.code, 0)
  assert.match(report.database.message, ENGINE === 'sqlite' ? /by SQLite \d/ : /^PostgreSQL \d+/)
  for (const check of ['structure', 'functions', 'migrations', 'time limits']) {
    assert.equal(report[check].level, 'ok', check)
  }
})

test('it tells what is closed, and what is open to everybody', { skip }, async () => {
  const report = await look()
  assert.equal(report['closed models'].level, 'note')
  assert.equal(report['closed models'].details, 'Secret')
  assert.equal(report['open to everybody'].details, 'read Note\ncall twice')
})

test('what anybody may write is a warning in production', { skip }, async () => {
  const text = await readFile(join(folder, 'schema.prisma'), 'utf8')
  await writeFile(join(folder, 'open.prisma'), text.replace(`@@allow('read', true)`, `@@allow('all', true)`))
  for (const [environment, level] of [['development', 'note'], ['production', 'warning']]) {
    const report = await look('--schema', 'open.prisma', '--env', environment)
    assert.equal(report['open to everybody'].level, level)
    assert.match(report['open to everybody'].details, /^read Note\ncreate Note\nupdate Note\ndelete Note\n/)
  }
})

test('a schema that does not load', { skip }, async () => {
  await writeFile(join(folder, 'broken.prisma'), 'model A {\n  id Itn @id\n}\n')
  const report = await look('--schema', 'broken.prisma')
  assert.equal(report.code, 1)
  assert.equal(report.schema.level, 'wrong')
  assert.match(report.schema.advice, /tenon check/)
  assert.equal(report.structure, undefined)
  const absent = await look('--schema', 'gone.prisma')
  assert.match(absent.schema.message, /gone\.prisma/)
  assert.match(absent.schema.advice, /tenon init/)
})

test('a database that differs from the schema', { skip }, async () => {
  const text = await readFile(join(folder, 'schema.prisma'), 'utf8')
  await writeFile(join(folder, 'more.prisma'), text.replace('text String', 'text String\n  more Int?'))
  const report = await look('--schema', 'more.prisma')
  assert.deepEqual(wrong(report), ['structure'])
  assert.match(report.structure.details, /more/)
  assert.match(report.structure.advice, /tenon push/)
})

test('a function that the database does not understand', { skip }, async () => {
  const text = await readFile(join(folder, 'schema.prisma'), 'utf8')
  await writeFile(join(folder, 'odd.prisma'), text.replace('SELECT :n * 2', 'SELECT nothing_like_it(:n)'))
  const report = await look('--schema', 'odd.prisma')
  assert.deepEqual(wrong(report), ['functions'])
  assert.match(report.functions.message, /twice/)
})

test('migrations that the database lacks', { skip }, async () => {
  const app = await workspace({ 'schema.prisma': SCHEMA })
  const own = await createDatabase(ENGINE)
  try {
    const flags = ['--schema', 'schema.prisma', '--database', own.url]
    const made = await run(app, ['migrate', 'dev', '--name', 'first', '--create-only', ...flags])
    assert.equal(made.code, 0, made.stderr)
    if (ENGINE === 'sqlite') await writeFile(join(app, 'app.db'), '')
    const before = JSON.parse((await run(app, ['doctor', '--json', ...flags])).stdout)
    const lacking = before.find((found) => found.check === 'migrations')
    assert.equal(lacking.level, 'wrong')
    assert.match(lacking.details, /_first is pending/)
    assert.match(lacking.advice, /tenon migrate deploy/)
    assert.equal((await run(app, ['migrate', 'deploy', ...flags])).code, 0)
    const after = JSON.parse((await run(app, ['doctor', '--json', ...flags])).stdout)
    assert.equal(after.find((found) => found.check === 'migrations').level, 'ok')
  } finally {
    await own.drop()
    await removeWorkspace(app)
  }
})

const SETTINGS = [
  ['dev-open in production', ['--dev-open', '--env', 'production'], 'environment', 'wrong'],
  ['dev-open elsewhere', ['--dev-open'], 'environment', 'warning'],
  ['dev-open for other machines', ['--dev-open', '--listen', ':8080'], 'address', 'wrong'],
  ['an address of loopback', ['--listen', '[::1]:8080'], 'address', 'ok'],
  ['the name of loopback', ['--listen', 'localhost:8080'], 'address', 'ok'],
  ['an address that others reach, without https', ['--listen', ':8080'], 'address', 'warning'],
  ['a certificate without its key', ['--tls-certificate', 'x.pem'], 'certificate', 'wrong'],
  ['a certificate that is not there', ['--tls-certificate', 'x.pem', '--tls-key', 'x.key'], 'certificate', 'wrong'],
  ['a statement that outlives its request', ['--statement-timeout', '40s'], 'time limits', 'warning'],
  ['more workers than cores', ['--workers', '256'], 'workers', 'note'],
  ['more connections than files', ['--max-connections', '999999999'], 'open files', 'warning'],
]
for (const [what, args, check, level] of SETTINGS) {
  test(`${what}: ${level}`, { skip }, async () => {
    assert.equal((await look(...args))[check].level, level)
  })
}

test('a .env that others may read', { skip }, async () => {
  await writeFile(join(folder, '.env'), 'TENON_WORKERS=2\n')
  await chmod(join(folder, '.env'), 0o644)
  assert.equal((await look()).secrets.level, 'note')
  assert.equal((await look('--env', 'prod')).secrets.level, 'warning')
  await chmod(join(folder, '.env'), 0o600)
  assert.equal((await look()).secrets.level, 'ok')
})

test('for people it is a list by groups, and a sum at the end', { skip }, async () => {
  const { code, stdout } = await run(folder, ['doctor', ...settings(), '--listen', ':8080'])
  assert.equal(code, 0)
  assert.match(stdout, /^schema\n {2}(ok|note) +schema: /)
  assert.match(stdout, /\n\ndatabase\n {2}ok +database: /)
  assert.match(stdout, /\n {2}warning address: [^\n]*not encrypted\n {4}> set --tls-certificate/)
  assert.match(stdout, /\nnothing is wrong, \d+ warnings?\n$/)
  const broken = await run(folder, ['doctor', ...settings(), '--schema', 'broken.prisma'])
  assert.equal(broken.code, 1)
  assert.match(broken.stdout, /\n1 thing is wrong(, \d+ warnings?)?\n$/)
})

test('each check is in its help and has a line in the manual', { skip }, async () => {
  const { stdout } = await run(folder, ['help', 'doctor'])
  const page = await readFile(new URL('../../docs/doctor.md', import.meta.url), 'utf8')
  const checks = stdout.split('\n').map((line) => /^ {4}(\S.*?) {2,}\S/.exec(line)?.[1]).filter(Boolean)
  assert.ok(checks.length > 25, stdout)
  for (const check of checks) assert.ok(page.includes(`| ${check} |`), check)
})
