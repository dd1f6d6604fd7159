// The operator's token from the command line to the server: the one that init
// makes, how long it is good, and from where it is taken.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'

import { removeWorkspace, run, serve, workspace } from './support/tenon.js'

const TOKEN = /\btenon_op_[0-9a-f]{72}\b/

async function made(t) {
  const folder = await workspace({})
  t.after(() => removeWorkspace(folder))
  const { code, stdout, stderr } = await run(folder, ['init'])
  assert.equal(code, 0, stderr)
  return { folder, token: stdout.match(TOKEN)[0] }
}

async function start(t, folder, args = []) {
  const server = await serve(folder, args)
  let isOver = false
  server.end = async () => {
    if (isOver) return
    isOver = true
    assert.equal(await server.stop(), 0, server.log.join('\n'))
  }
  t.after(() => server.end())
  return server
}

async function ask(server, token, headers = {}) {
  const response = await fetch(`${server.url}/rest/v1/audit_log`, {
    headers: { Authorization: `Bearer ${token}`, 'Accept-Profile': 'tenon', ...headers },
  })
  return { status: response.status, body: await response.json() }
}

const push = async (folder) => {
  const { code, stderr } = await run(folder, ['push'])
  assert.equal(code, 0, stderr)
}

test('the token of init is good as soon as there is a server, and is stored nowhere', async (t) => {
  const { folder, token } = await made(t)
  const env = await readFile(join(folder, '.env'), 'utf8')
  assert.ok(!env.includes(token))
  await push(folder)
  const server = await start(t, folder)
  assert.equal((await ask(server, token)).status, 200)
  await server.end()
  assert.ok(!server.log.join('\n').includes(token))
  assert.ok(!(await readFile(join(folder, 'app.db'))).includes(token))
})

test('it outlives a database that is made anew, and is revoked for good', async (t) => {
  const { folder, token } = await made(t)
  await push(folder)
  await rm(join(folder, 'app.db'))
  await push(folder)
  const [id] = (await run(folder, ['token', 'list'])).stdout.split(' ')
  assert.equal((await run(folder, ['token', 'revoke', id])).code, 0)
  const server = await start(t, folder)
  const { status, body } = await ask(server, token)
  assert.equal(status, 401)
  assert.equal(body.code, 'PGRST303')
  assert.match((await run(folder, ['token', 'list'])).stdout, /revoked .* init/)
})

test('an expired one is told so, whichever it is', async (t) => {
  const { folder, token } = await made(t)
  const hash = createHash('sha256').update(token).digest('hex')
  await writeFile(join(folder, '.env'),
    `DATABASE_URL="file:app.db"\nTENON_OPERATOR_TOKEN="${hash}@2020-01-31"\n`)
  await push(folder)
  const server = await start(t, folder)
  const { status, body } = await ask(server, token)
  assert.equal(status, 401)
  assert.equal(body.code, 'PGRST303')
  assert.match(body.message, /expired/)
  assert.match((await run(folder, ['token', 'list'])).stdout, /expired 2020-01-31 {2}init/)
})

test('without any token there is none that is taken', async (t) => {
  const { folder, token } = await made(t)
  await writeFile(join(folder, '.env'), 'DATABASE_URL="file:app.db"\n')
  await push(folder)
  const server = await start(t, folder)
  assert.equal((await ask(server, token)).body.code, 'PGRST301')
  assert.match((await run(folder, ['token', 'list'])).stdout, /no tokens/)
})

test('settings and options that cannot be are told', async (t) => {
  const { folder } = await made(t)
  await push(folder)
  for (const [args, said] of [
    [['serve', '--operator-token', 'x'], /operator-token/],
    [['serve', '--operator-from', 'home'], /operator-from.*home/],
    [['token', 'create', '--days', '0'], /--days/],
    [['token', 'create', '--days', '367'], /--days/],
    [['token', 'revoke'], /which token/],
    [['token', 'revoke', 'x'], /no token x/],
  ]) {
    const { code, stderr } = await run(folder, [...args, ...(args[0] === 'serve' ? ['--listen', '127.0.0.1:0'] : [])])
    assert.notEqual(code, 0, args.join(' '))
    assert.match(stderr, said)
  }
})

test('it is taken from where the settings say', async (t) => {
  const { folder, token } = await made(t)
  await push(folder)
  const elsewhere = { 'X-Forwarded-For': '203.0.113.7' }
  for (const [from, here, passedOn, byName] of [
    ['loopback', 200, 401, 401],
    ['none', 401, 401, 401],
    ['203.0.113.0/24', 401, 401, 401],
    ['127.0.0.0/8', 200, 200, 200],
    ['10.0.0.0/8,127.0.0.1', 200, 200, 200],
    ['any', 200, 200, 200],
  ]) {
    const server = await start(t, folder, ['--operator-from', from])
    assert.equal((await ask(server, token)).status, here, from)
    assert.equal((await ask(server, token, elsewhere)).status, passedOn, `${from}, passed on`)
    assert.equal((await askByName(server, token)).status, byName, `${from}, by a name`)
    await server.end()
  }
})

/** As a proxy does that hands on the name it was asked for; fetch sets Host itself. */
async function askByName(server, token) {
  const { request } = await import('node:http')
  return new Promise((resolve, reject) => {
    request(`${server.url}/rest/v1/audit_log`, {
      headers: { Host: 'app.example.com', Authorization: `Bearer ${token}`, 'Accept-Profile': 'tenon' },
    }, (response) => {
      response.resume()
      response.on('end', () => resolve({ status: response.statusCode }))
    }).on('error', reject).end()
  })
}
