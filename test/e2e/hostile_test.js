// What clients send that mean no good: each is refused with its status, and a
// well-behaved client beside them notices nothing. Queries that mean no good are
// in test/behaviour/http_hostile_test.js.
// Runs alone: it looks at how long things take.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { LIBRARY, post, resetLibrary } from './support/library.js'
import { exchange, Raw, statuses } from './support/raw.js'
import { serveSchema } from './support/tenon.js'

let server

before(async () => {
  server = await serveSchema(LIBRARY)
  await resetLibrary(server)
})
after(() => server?.close())

async function innocentClientIsServed() {
  const started = performance.now()
  const response = await server.fetch('books?isbn=eq.2&select=title')
  assert.equal(await response.text(), '[{"title":"Solaris"}]')
  assert.ok(performance.now() - started < 2000)
}

const HOST = 'Host: x\r\n'
const GET = `GET /healthz HTTP/1.1\r\n${HOST}\r\n`

function postBooks(headers, body) {
  return `POST /rest/v1/books HTTP/1.1\r\n${HOST}Content-Type: application/json\r\n${headers}\r\n${body}`
}

// Each is one request that two parsers could read in two ways, with a second
// request hidden in what one of them takes for the body.
const SMUGGLING = [
  ['two lengths', postBooks('Content-Length: 4\r\nContent-Length: 0\r\n', `[]  ${GET}`)],
  ['a list of lengths', postBooks('Content-Length: 4, 4\r\n', `[]  ${GET}`)],
  ['length and chunked', postBooks('Content-Length: 4\r\nTransfer-Encoding: chunked\r\n', `0\r\n\r\n${GET}`)],
  ['chunked that is not last', postBooks('Transfer-Encoding: chunked, gzip\r\n', `0\r\n\r\n${GET}`)],
  ['chunked twice', postBooks('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', `0\r\n\r\n${GET}`)],
  ['chunked with a tab', postBooks('Transfer-Encoding:\tchunked\x0b\r\n', `0\r\n\r\n${GET}`)],
  ['an unknown coding', postBooks('Transfer-Encoding: xchunked\r\n', `0\r\n\r\n${GET}`)],
  ['a signed length', postBooks('Content-Length: +4\r\n', `[]  ${GET}`)],
  ['a length in hex', postBooks('Content-Length: 0x4\r\n', `[]  ${GET}`)],
  ['a length beyond 64 bits', postBooks('Content-Length: 18446744073709551620\r\n', `[]  ${GET}`)],
  ['a space before the colon', postBooks('Content-Length : 4\r\n', `[]  ${GET}`)],
  ['a folded header', postBooks('X: a\r\n Content-Length: 4\r\n', `[]  ${GET}`)],
  ['bare line feeds', `POST /rest/v1/books HTTP/1.1\nHost: x\nContent-Length: 4\n\n[]  ${GET}`],
  ['a bare carriage return', postBooks('X: a\rContent-Length: 4\r\n', `[]  ${GET}`)],
  ['a NUL in a header', postBooks('X: a\0b\r\nContent-Length: 2\r\n', `[]${GET}`)],
  ['a chunk size with a sign', postBooks('Transfer-Encoding: chunked\r\n', `+2\r\n[]\r\n0\r\n\r\n${GET}`)],
  ['a chunk size in 0x', postBooks('Transfer-Encoding: chunked\r\n', `0x2\r\n[]\r\n0\r\n\r\n${GET}`)],
  ['a chunk size beyond 64 bits', postBooks('Transfer-Encoding: chunked\r\n', `10000000000000002\r\n[]\r\n0\r\n\r\n${GET}`)],
  ['a chunk longer than said', postBooks('Transfer-Encoding: chunked\r\n', `2\r\n[]x\r\n0\r\n\r\n${GET}`)],
  ['a chunk that ends in a line feed', postBooks('Transfer-Encoding: chunked\r\n', `2\n[]\n0\n\n${GET}`)],
  ['two hosts', `GET /healthz HTTP/1.1\r\n${HOST}Host: y\r\n\r\n${GET}`],
  ['no host', `GET /healthz HTTP/1.1\r\n\r\n${GET}`],
  ['a host with a path', `GET /healthz HTTP/1.1\r\nHost: x/y\r\n\r\n${GET}`],
  ['a space in the target', `GET /healthz x HTTP/1.1\r\n${HOST}\r\n${GET}`],
  ['a control character in the target', `GET /health\x01z HTTP/1.1\r\n${HOST}\r\n${GET}`],
]
for (const [name, bytes] of SMUGGLING) {
  test(`smuggling: ${name}`, async () => {
    const got = await exchange(server.port, bytes)
    assert.ok(got.isClosed, 'the connection is closed')
    assert.equal(got.statuses.length, 1, `one reply and nothing behind it: ${got.text}`)
    assert.ok([400, 413, 501].includes(got.statuses[0]), `status ${got.statuses[0]}`)
    await innocentClientIsServed()
  })
}

const GARBAGE = [
  ['a TLS hello', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'.padEnd(200, '\xee') + '\r\n\r\n'],
  ['random bytes', Array.from({ length: 4096 }, (_, i) => String.fromCharCode((i * 7919) % 251)).join('') + '\r\n\r\n'],
  ['HTTP/0.9', 'GET /\r\n\r\n'],
  ['HTTP/3.0', `GET / HTTP/3.0\r\n${HOST}\r\n`],
  ['a lower-case protocol', `GET / http/1.1\r\n${HOST}\r\n`],
  ['a header without a colon', `GET / HTTP/1.1\r\n${HOST}nonsense\r\n\r\n`],
  ['a header without a name', `GET / HTTP/1.1\r\n${HOST}: x\r\n\r\n`],
  ['a header before the request', `X: y\r\nGET / HTTP/1.1\r\n${HOST}\r\n`],
]
for (const [name, bytes] of GARBAGE) {
  test(`garbage: ${name}`, async () => {
    const got = await exchange(server.port, bytes)
    assert.ok(got.isClosed)
    assert.ok(got.statuses.every((status) => [400, 501, 505].includes(status)), got.text)
    assert.ok(got.statuses.length <= 1)
    await innocentClientIsServed()
  })
}

test('garbage behind good requests in one packet', async () => {
  const got = await exchange(server.port, GET.repeat(20) + '\x00\xff garbage \r\n\r\n' + GET)
  assert.ok(got.isClosed)
  assert.deepEqual(got.statuses, [...Array(20).fill(200), 400])
})

test('pipelined requests are answered in order', async () => {
  const one = (isbn) => `GET /rest/v1/books?isbn=eq.${isbn}&select=isbn HTTP/1.1\r\n${HOST}\r\n`
  const got = await exchange(server.port, ['3', '1', '2'].map(one).join(''), { replies: 3 })
  await innocentClientIsServed()
  assert.deepEqual([...got.text.matchAll(/"isbn":"(\d)"/g)].map((match) => match[1]), ['3', '1', '2'])
})

test('a write is seen by the read pipelined behind it', async () => {
  const body = JSON.stringify({ isbn: 'pipe', title: 'x', author_id: 1 })
  const bytes =
    postBooks(`Content-Length: ${body.length}\r\n`, body) +
    `GET /rest/v1/books?isbn=eq.pipe&select=isbn HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`
  const got = await exchange(server.port, bytes)
  assert.deepEqual(got.statuses, [201, 200])
  assert.match(got.text, /"isbn":"pipe"/)
})

test('a request line that is too long', async () => {
  const got = await exchange(server.port, `GET /${'x'.repeat(200_000)} HTTP/1.1\r\n${HOST}\r\n`)
  assert.ok(got.isClosed)
  assert.deepEqual(got.statuses, [414])
})

test('a request line of 16 KiB is fine', async () => {
  const padding = 'x'.repeat(16_000)
  const response = await server.fetch(`books?title=eq.${padding}`)
  assert.equal(response.status, 200)
})

test('headers that are too large', async () => {
  const got = await exchange(server.port, `GET / HTTP/1.1\r\n${HOST}X: ${'y'.repeat(1_000_000)}\r\n\r\n`)
  assert.ok(got.isClosed)
  assert.deepEqual(got.statuses, [431])
})

test('too many headers', async () => {
  const got = await exchange(server.port, `GET / HTTP/1.1\r\n${HOST}${'X: y\r\n'.repeat(5000)}\r\n`)
  assert.ok(got.isClosed)
  assert.deepEqual(got.statuses, [431])
})

test('a body that says it is too large is refused before it is sent', async () => {
  const got = await exchange(server.port, postBooks('Content-Length: 10000000000\r\n', ''))
  assert.ok(got.isClosed)
  assert.deepEqual(got.statuses, [413])
})

test('a chunked body that becomes too large', async () => {
  const raw = new Raw(server.port)
  raw.send(postBooks('Transfer-Encoding: chunked\r\n', ''))
  const chunk = `100000\r\n${'x'.repeat(0x100000)}\r\n`
  // Past the limit of 10 MB, but no more than the server reads and forgets so
  // that we can see its reply.
  for (let i = 0; i < 24 && !raw.isClosed && raw.text === ''; i++) {
    raw.send(chunk)
    await new Promise((resolve) => setImmediate(resolve))
  }
  const text = await raw.until((got) => got !== '')
  raw.close()
  assert.deepEqual(statuses(text), [413])
  await innocentClientIsServed()
})

test('Expect: 100-continue is told whether to send', async () => {
  const raw = new Raw(server.port)
  raw.send(postBooks('Content-Length: 2\r\nExpect: 100-continue\r\n', ''))
  await raw.until((got) => statuses(got).length === 1)
  assert.deepEqual(statuses(raw.text), [100])
  raw.send('[]')
  await raw.until((got) => statuses(got).length === 2)
  assert.deepEqual(statuses(raw.text), [100, 201])
  raw.close()

  const refused = await exchange(
    server.port,
    postBooks('Content-Length: 10000000000\r\nExpect: 100-continue\r\n', ''),
  )
  assert.deepEqual(refused.statuses, [413])
})

test('deep JSON is refused', async () => {
  for (const body of ['['.repeat(100_000), '{"a":'.repeat(65) + '1' + '}'.repeat(65)]) {
    const response = await post(server, 'books', body)
    assert.equal(response.status, 400)
    await innocentClientIsServed()
  }
})

test('a hundred clients that trickle their headers do not hold up others', async () => {
  const slow = Array.from({ length: 100 }, () => new Raw(server.port).send('GET /healthz HTTP/1.1\r\nHost: '))
  for (let i = 0; i < 5; i++) {
    slow.forEach((raw) => raw.send('x'))
    await innocentClientIsServed()
  }
  slow.forEach((raw) => raw.send('\r\n\r\n'))
  await Promise.all(slow.map((raw) => raw.until((text) => text.includes('200'))))
  assert.ok(slow.every((raw) => statuses(raw.text)[0] === 200))
  slow.forEach((raw) => raw.close())
})

test('clients that hang up in the middle leave nothing behind', async () => {
  for (let i = 0; i < 200; i++) {
    const raw = new Raw(server.port)
    raw.send(postBooks('Content-Length: 100000\r\n', '[{"isbn":'))
    if (i % 2) await new Promise((resolve) => setImmediate(resolve))
    raw.close()
  }
  await innocentClientIsServed()
})

test('clients that hang up while they are served are not logged as failures of ours', async () => {
  const authors = Array.from({ length: 50_000 }, (_, i) => ({ name: `Author ${i}` }))
  assert.equal((await post(server, 'authors', authors)).status, 201)
  for (let i = 0; i < 20; i++) {
    const raw = new Raw(server.port)
    raw.send(`GET /rest/v1/authors?name=ilike.*nobody* HTTP/1.1\r\n${HOST}\r\n`)
    await new Promise((resolve) => setTimeout(resolve, 3))
    raw.close()
  }
  await innocentClientIsServed()
  assert.doesNotMatch(server.log.join('\n'), /request failed/)
})
