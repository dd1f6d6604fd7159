// Hooks beside a running server: `tenon check`, `hooks list`, `hooks test`, and
// files that change while it runs.

import assert from 'node:assert/strict'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { after, test } from 'node:test'

import { removeWorkspace, run, serve, workspace } from './support/tenon.js'

const SCHEMA = `
model Task {
  id    Int    @id @default(autoincrement())
  title String @length(1, 40)

  @@map("task")
  @@allow('all', true)
}
`

const HOOK = (ending) => `
tenon.before("Task", "create", function(ctx, change)
  change.after.title = change.after.title .. "${ending}"
end)
`

const cleanups = []
after(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup()
})

async function app(files) {
  const folder = await workspace({ 'schema.prisma': SCHEMA, ...files })
  cleanups.push(() => removeWorkspace(folder))
  return folder
}

async function started(folder, args = []) {
  assert.equal((await run(folder, ['push'])).code, 0)
  const server = await serve(folder, args)
  cleanups.push(() => server.stop())
  return server
}

async function create(server, title) {
  const answer = await server.fetch('task', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Prefer: 'return=representation' },
    body: JSON.stringify({ title }),
  })
  return (await answer.json())[0].title
}

async function until(condition) {
  for (let i = 0; i < 200 && !(await condition()); i++) {
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  assert.ok(await condition())
}

test('check names what is wrong with a hook and where', async () => {
  const folder = await app({ 'hooks/a.lua': '\ntenon.before("Taks", "create", function() end)\n' })
  const wrong = await run(folder, ['check'])
  assert.equal(wrong.code, 1)
  assert.match(wrong.stderr, /hooks\/a\.lua:2: there is no model 'Taks', did you mean 'Task'\?/)
  await writeFile(join(folder, 'hooks/a.lua'), HOOK('!'))
  const right = await run(folder, ['check'])
  assert.equal(right.code, 0, right.stderr)
  assert.match(right.stdout, /hooks: ok, 1 in 1 files/)
})

test('a server does not start with a broken hook', async () => {
  const folder = await app({ 'hooks/a.lua': 'tenon.before(' })
  assert.equal((await run(folder, ['push'])).code, 0)
  await assert.rejects(serve(folder), /hooks\/a\.lua:1: unexpected symbol/)
})

test('hooks list says where each is', async () => {
  const folder = await app({
    'hooks/b.lua': 'tenon.job("mail.send", function() end)\n' +
      'tenon.schedule("nightly", "0 3 * * *", "mail.send")\n',
    'hooks/a.lua': HOOK('!') + 'tenon.after("Task", "delete", function() end)\n',
  })
  assert.equal(
    (await run(folder, ['hooks', 'list'])).stdout,
    'before create Task  hooks/a.lua:2\n' +
      'after delete Task  hooks/a.lua:5\n' +
      'job mail.send  hooks/b.lua:1\n' +
      'schedule nightly  0 3 * * *, job mail.send\n'
  )
})

test('hooks test runs each test on an empty database', async () => {
  const folder = await app({
    'hooks/a.lua': HOOK('!'),
    'hooks/a_test.lua': `
tenon.test("titles end", function(t)
  t.equal(tenon.create("Task", {title = "x"}).title, "x!")
  t.equal(#tenon.query("Task"), 1)
end)
tenon.test("a rule of the schema counts", function(t)
  t.equal(tenon.query("Task"), {})
  local e = t.fails(function() tenon.create("Task", {title = ("x"):rep(41)}) end, "not valid")
  t.equal(e.code, "CHECK_VIOLATION")
end)
tenon.test("is wrong", function(t) t.equal({1, {a = 2}}, {1, {a = 3}}) end)
`,
  })
  const { code, stdout } = await run(folder, ['hooks', 'test'])
  assert.equal(code, 1)
  assert.equal(
    stdout,
    'ok    titles end\n' +
      'ok    a rule of the schema counts\n' +
      'FAIL  is wrong (hooks/a_test.lua:11)\n' +
      '        hooks/a_test.lua:11: got [1,{"a":2}], want [1,{"a":3}]\n' +
      '2 passed, 1 failed\n'
  )
})

test('a hook sends requests to where it is allowed to, and waits for the answer', async () => {
  const asked = []
  const other = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += chunk))
    request.on('end', () => {
      asked.push([request.method, request.headers['x-test'], body])
      response.setHeader('X-Answer', '42')
      setTimeout(() => response.end(JSON.stringify({ title: 'answered' })), 50)
    })
  })
  await new Promise((resolve) => other.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => other.close())
  const { port } = other.address()
  const folder = await app({
    'hooks/a.lua': `
tenon.before("Task", "create", function(ctx, change)
  local answer = tenon.http.request{
    method = "POST", url = "http://127.0.0.1:" .. change.after.title .. "/x",
    headers = {["X-Test"] = "yes"}, body = tenon.json.encode({a = 1}),
  }
  change.after.title = answer.status .. answer.headers["x-answer"] .. tenon.json.decode(answer.body).title
end)
`,
  })
  const server = await started(folder, ['--outbound-allow', `127.0.0.1:${port}`])
  assert.deepEqual(await Promise.all([create(server, `${port}`), create(server, `${port}`)]), [
    '20042answered',
    '20042answered',
  ])
  assert.deepEqual(asked, Array(2).fill(['POST', 'yes', '{"a":1}']))
  const refused = await server.fetch('task', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{"title":"1"}',
  })
  assert.equal(refused.status, 500)
  assert.match((await refused.json()).message, /^the hook at hooks\/a\.lua:2 failed$/)
})

test('a hook waits no longer for an answer than it may take, whatever it says', async () => {
  const silent = createServer(() => {})
  await new Promise((resolve) => silent.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => silent.closeAllConnections())
  cleanups.push(() => silent.close())
  const { port } = silent.address()
  const folder = await app({
    'hooks/a.lua': `
tenon.before("Task", "create", function(ctx, change)
  tenon.http.request{url = "http://127.0.0.1:${port}/", timeout = 60000}
end)
`,
  })
  const server = await started(folder, ['--hook-time', '500ms', '--outbound-allow', `127.0.0.1:${port}`])
  const begun = Date.now()
  const answer = await server.fetch('task', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{"title":"x"}',
  })
  assert.equal(answer.status, 500)
  assert.ok(Date.now() - begun < 10_000)
})

test('with --watch a file that changes is loaded, and a broken one is not', async () => {
  const folder = await app({ 'hooks/a.lua': HOOK('1') })
  const server = await started(folder, ['--watch'])
  assert.equal(await create(server, 'x'), 'x1')
  await writeFile(join(folder, 'hooks/a.lua'), HOOK('2'))
  await until(async () => (await create(server, 'x')) === 'x2')
  await writeFile(join(folder, 'hooks/a.lua'), 'tenon.before(')
  await until(() => server.log.some((line) => /not reloaded.*hooks\/a\.lua:1: unexpected/.test(line)))
  assert.equal(await create(server, 'x'), 'x2')
  await rm(join(folder, 'hooks/a.lua'))
  await until(async () => (await create(server, 'x')) === 'x')
})

test('SIGUSR1 loads the files again', async () => {
  const folder = await app({ 'hooks/a.lua': HOOK('1') })
  const server = await started(folder)
  await mkdir(join(folder, 'hooks/folders-are-left-out'))
  await writeFile(join(folder, 'hooks/b.lua'), HOOK('2'))
  assert.equal(await create(server, 'x'), 'x1')
  server.child.kill('SIGUSR1')
  await until(async () => (await create(server, 'x')) === 'x12')
})
