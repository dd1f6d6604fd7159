// Two parsers, one stream of bytes: what we accept, the parser of node:http
// accepts too, and sees as many requests in it. A stream that we cut into more
// requests than others do is how requests are smuggled past a proxy; being
// stricter than others is fine.
//
//     TENON_DIFFERENTIAL=200000 TENON_SEED=7 node --test test/e2e/http_differential_test.js

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import { connect } from 'node:net'

import { LIBRARY } from './support/library.js'
import { statuses } from './support/raw.js'
import { serveSchema } from './support/tenon.js'

const STREAMS = Number(process.env.TENON_DIFFERENTIAL ?? 1500)
const SEED = Number(process.env.TENON_SEED ?? 1)
const AT_ONCE = 32

let ours
let theirs

// What node:http saw, by the port of the client: its replies do not tell,
// because an error drops those to the requests before it.
const seen = new Map()

before(async () => {
  ours = await serveSchema(LIBRARY)
  theirs = createServer((request, response) => {
    seen.get(request.socket.remotePort).requests.push(request)
    request.resume().on('end', () => response.end())
  })
  theirs.on('checkContinue', (request, response) => theirs.emit('request', request, response))
  theirs.on('connection', (socket) => {
    const closed = new Promise((resolve) => socket.on('close', resolve))
    seen.set(socket.remotePort, { requests: [], closed })
  })
  theirs.on('clientError', (error, socket) => {
    seen.get(socket.remotePort).code = error.code
    socket.destroy()
  })
  theirs.listen(0, '127.0.0.1')
  await once(theirs, 'listening')
})
after(async () => {
  theirs?.close()
  await ours?.close()
})

/** Mulberry32: the same streams on every machine. */
function randomFrom(seed) {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let n = Math.imul(state ^ (state >>> 15), state | 1)
    n ^= n + Math.imul(n ^ (n >>> 7), n | 61)
    return ((n ^ (n >>> 14)) >>> 0) % below
  }
}

const HOST = 'Host: x\r\n'
const REQUESTS = [
  `GET /healthz HTTP/1.1\r\n${HOST}\r\n`,
  `GET /healthz?a=b&c HTTP/1.1\r\n${HOST}Accept: */*\r\nX-Y:  z \r\n\r\n`,
  `GET /healthz HTTP/1.1\r\n${HOST}Connection: keep-alive\r\n\r\n`,
  `GET http://x/healthz HTTP/1.1\r\n${HOST}\r\n`,
  `OPTIONS * HTTP/1.1\r\n${HOST}\r\n`,
  `POST /healthz HTTP/1.1\r\n${HOST}Content-Length: 5\r\n\r\nhello`,
  `POST /healthz HTTP/1.1\r\n${HOST}content-length:12\r\n\r\nGET / HTTP/1`,
  `POST /healthz HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
  `POST /healthz HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n1;a=b\r\nx\r\nA;q="\\"r"\r\n0123456789\r\n00\r\nTrailer: t\r\n\r\n`,
  `PUT /healthz HTTP/1.1\r\n${HOST}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n[]`,
  'GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n',
  'POST /healthz HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 3\r\n\r\nabc',
]
const LAST = `GET /healthz HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`

const BYTES = ['\r', '\n', '\r\n', ' ', '\t', ':', ';', ',', '0', '1', 'a', '+', '-', '\0', '\x0b', '\x7f', '\xe9', '"', '\\', '/']
const LINES = [
  'Content-Length: 5',
  'Content-Length: 0',
  'content-length: 05',
  'Content-Length:',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: identity',
  'Transfer-Encoding: chunked, chunked',
  'Transfer-Encoding: gzip, chunked',
  'Host: y',
  'Connection: close',
  'X: y',
  ' folded',
]

const splice = (text, at, count, insert) => text.slice(0, at) + insert + text.slice(at + count)

const MUTATIONS = [
  (text, random) => splice(text, random(text.length), 0, BYTES[random(BYTES.length)]),
  (text, random) => splice(text, random(text.length), 1, BYTES[random(BYTES.length)]),
  (text, random) => splice(text, random(text.length), 1 + random(3), ''),
  (text, random) => {
    const at = text.indexOf('\r\n', random(text.length))
    return at < 0 ? text : splice(text, at + 2, 0, `${LINES[random(LINES.length)]}\r\n`)
  },
  (text, random) => {
    const at = text.indexOf('\r', random(text.length))
    return at < 0 ? text : splice(text, at, 1, '')
  },
  (text, random) => {
    const at = text.indexOf(':', random(text.length))
    return at < 0 ? text : splice(text, at, 0, ' ')
  },
]

// node:http does not know that a tab is a blank, and closes where we keep open.
const isComparable = (stream) => !/connection:[^\r\n]*\t/i.test(stream)

function makeStream(random) {
  let text = ''
  for (let n = 1 + random(3); n > 0; n--) text += REQUESTS[random(REQUESTS.length)]
  for (let n = random(4); n > 0; n--) text = MUTATIONS[random(MUTATIONS.length)](text, random)
  return text + LAST
}

/** What comes back from a server that gets the stream and then the end. */
function talk(port, stream) {
  return new Promise((resolve) => {
    let text = ''
    let from
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    socket.setEncoding('latin1')
    socket.setTimeout(3000, () => socket.destroy())
    socket.on('data', (more) => (text += more))
    socket.on('error', () => {})
    socket.on('end', () => socket.end())
    socket.on('connect', () => (from = socket.localPort))
    socket.on('close', () => resolve({ text, from }))
    socket.end(stream, 'latin1')
  })
}

// 501 and 505 are said of well-formed requests as well, but the connection
// closes behind them here.
const REFUSALS = new Set([400, 408, 411, 413, 414, 417, 431, 501, 505])

async function countOurs(stream) {
  const { text } = await talk(ours.port, stream)
  return statuses(text).filter((status) => status >= 200 && !REFUSALS.has(status)).length
}

async function countTheirs(stream) {
  const { from } = await talk(theirs.address().port, stream)
  const it = seen.get(from)
  await it.closed
  seen.delete(from)
  // It knows a fixed list of methods, where we tell the service.
  if (it.code === 'HPE_INVALID_METHOD') return Infinity
  return it.requests.filter((request) => request.complete).length
}

test(`node:http sees no fewer requests than we do in ${STREAMS} streams of seed ${SEED}`, async () => {
  const random = randomFrom(SEED)
  const differences = []
  let both = 0
  let refused = 0
  const compare = async () => {
    const stream = makeStream(random)
    if (!isComparable(stream)) return
    const [us, them] = await Promise.all([countOurs(stream), countTheirs(stream)])
    if (us > them) differences.push({ stream, us, them })
    else if (us === them) both++
    else refused++
  }
  for (let done = 0; done < STREAMS; done += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, compare))
  }
  console.log(`# the same: ${both}, stricter: ${refused}, laxer: ${differences.length}`)
  assert.deepEqual(differences.slice(0, 5), [])
  assert.ok(both > STREAMS / 4)
})
