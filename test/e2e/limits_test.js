// What a client may cost is set by options; each limit ends the request or the
// connection that passes it, and nothing else.
// Runs alone: it looks at how long things take.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { LIBRARY, resetLibrary } from './support/library.js'
import { exchange, Raw, statuses } from './support/raw.js'
import { serveSchema } from './support/tenon.js'

const HOST = 'Host: x\r\n'
let server

before(async () => {
  server = await serveSchema(LIBRARY, [
    '--head-timeout', '300ms',
    '--body-timeout', '300ms',
    '--idle-timeout', '400ms',
    '--max-head-size', '4KB',
    '--max-body-size', '64KB',
    '--max-connections', '60',
    '--workers', '1',
    '--max-rows', '3',
  ])
  await resetLibrary(server)
})
after(() => server?.close())

function postBooks(headers, body) {
  return `POST /rest/v1/books HTTP/1.1\r\n${HOST}Content-Type: application/json\r\n${headers}\r\n${body}`
}

test('a head that does not end in time', async () => {
  const raw = new Raw(server.port)
  const started = performance.now()
  const trickle = setInterval(() => raw.send('x'), 50)
  raw.send('GET /healthz HTTP/1.1\r\nX: ')
  await raw.until(() => raw.isClosed)
  clearInterval(trickle)
  assert.deepEqual(statuses(raw.text), [408])
  assert.ok(performance.now() - started < 3000)
})

test('a body that stops', async () => {
  const got = await exchange(server.port, postBooks('Content-Length: 100\r\n', '[{'))
  assert.deepEqual(got.statuses, [408])
  assert.ok(got.isClosed)
})

test('a connection that sends nothing is closed without a word', async () => {
  const got = await exchange(server.port, '')
  assert.equal(got.text, '')
  assert.ok(got.isClosed)
})

test('a connection that is kept alive is closed when it idles', async () => {
  const got = await exchange(server.port, `GET /healthz HTTP/1.1\r\n${HOST}\r\n`)
  assert.deepEqual(got.statuses, [200])
  assert.ok(got.isClosed)
})

test('a head over the limit', async () => {
  const got = await exchange(server.port, `GET / HTTP/1.1\r\n${HOST}X: ${'y'.repeat(5000)}\r\n\r\n`)
  assert.deepEqual(got.statuses, [431])
})

test('a body over the limit', async () => {
  const body = `[{"isbn":"${'x'.repeat(70_000)}"}]`
  const response = await server.fetch('books', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body,
  })
  assert.equal(response.status, 413)
})

test('a read is capped without a word', async () => {
  const response = await server.fetch('books?limit=100', { headers: { Prefer: 'count=exact' } })
  assert.equal(response.status, 206)
  assert.equal(response.headers.get('content-range'), '0-2/5')
  assert.equal((await response.json()).length, 3)
})

test('connections over the limit are closed, and those below it served', async () => {
  const idle = Array.from({ length: 200 }, () => new Raw(server.port))
  await new Promise((resolve) => setTimeout(resolve, 100))
  const open = idle.filter((raw) => !raw.isClosed)
  assert.ok(open.length <= 60, `${open.length} are open`)
  open[0].send(`GET /healthz HTTP/1.1\r\n${HOST}\r\n`)
  await open[0].until((text) => text.includes('200'))
  assert.deepEqual(statuses(open[0].text), [200])
  idle.forEach((raw) => raw.close())
})
