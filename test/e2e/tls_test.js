// A server with a certificate, as Node's https, OpenSSL's s_client and curl see
// it: what is agreed on, what goes through, what a renewed certificate changes,
// and what clients get that do not speak TLS.
// Runs alone: it looks at how long things take.

import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { Agent, request } from 'node:https'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from 'node:tls'
import { promisify } from 'node:util'

import { tlsSettings, writeCertificate } from './support/certificate.js'
import { LIBRARY } from './support/library.js'
import { exchange, Raw, statuses } from './support/raw.js'
import { removeWorkspace, run, serveSchema, workspace } from './support/tenon.js'

const exec = promisify(execFile)
const HEALTH = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n'

let folder
let ca
let server

before(async () => {
  folder = await workspace()
  ca = await writeCertificate(folder)
  server = await serveSchema(LIBRARY, [...tlsSettings(folder), '--head-timeout', '1s', '--max-rows', '0'])
})
after(async () => {
  await server?.close()
  await removeWorkspace(folder)
})

/** One request; rejects when the connection fails. */
function ask(path, { method = 'GET', headers = {}, body, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const call = request(`${server.url}${path}`, { ca, method, headers, ...options }, (reply) => {
      const chunks = []
      reply.on('data', (chunk) => chunks.push(chunk))
      reply.on('error', reject)
      reply.on('end', () =>
        resolve({ status: reply.statusCode, headers: reply.headers, text: Buffer.concat(chunks).toString() }))
    })
    call.on('error', reject)
    call.end(body)
  })
}

/** A connection after its handshake. */
function open(options = {}) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: server.port, host: '127.0.0.1', ca, ...options }, () => resolve(socket))
    socket.on('session', (session) => (socket.ticket = session))
    socket.on('error', reject)
  })
}

/** Everything until the server closes, or until is(text). */
function readUntil(socket, is) {
  return new Promise((resolve, reject) => {
    let text = ''
    socket.setEncoding('latin1')
    socket.on('data', (more) => {
      text += more
      if (is(text)) resolve(text)
    })
    socket.on('end', () => resolve(text))
    socket.on('error', reject)
  })
}

const replies = (count) => (text) => statuses(text).length >= count && text.endsWith('"}')

// ---- What is agreed on -----------------------------------------------------

for (const version of ['TLSv1.2', 'TLSv1.3']) {
  test(`speaks ${version} and HTTP/1.1 by ALPN`, async () => {
    const socket = await open({ minVersion: version, maxVersion: version, ALPNProtocols: ['h2', 'http/1.1'] })
    assert.equal(socket.getProtocol(), version)
    assert.equal(socket.alpnProtocol, 'http/1.1')
    assert.match(socket.getCipher().standardName, /GCM|POLY1305/)
    socket.end(HEALTH)
    assert.deepEqual(statuses(await readUntil(socket, replies(1))), [200])
  })

  test(`resumes a session of ${version}`, async () => {
    const options = { minVersion: version, maxVersion: version }
    const first = await open(options)
    first.write(HEALTH)
    await readUntil(first, replies(1))
    assert.equal(first.isSessionReused(), false)
    first.end()
    const second = await open({ ...options, session: first.ticket })
    assert.equal(second.isSessionReused(), true)
    second.end()
  })
}

test('refuses TLS 1.1 and a client that speaks only HTTP/2', async () => {
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }
  await assert.rejects(open(old), /protocol version/)
  await assert.rejects(open({ ALPNProtocols: ['h2'] }), /no application protocol/)
})

test('curl reaches it with both versions', async () => {
  for (const version of ['1.2', '1.3']) {
    const { stdout } = await exec('curl', [
      '--silent', '--cacert', join(folder, 'server.pem'), `--tlsv${version}`, '--tls-max', version,
      `${server.url}/healthz`, `${server.url}/healthz`, '--write-out', '%{http_code} %{num_connects}\n',
    ])
    assert.match(stdout, /200 1\n.*200 0\n/s) // the connection is kept
  }
})

test('does not renegotiate', async () => {
  const client = spawn('openssl', ['s_client', '-connect', `127.0.0.1:${server.port}`, '-tls1_2'])
  let text = ''
  client.stdout.setEncoding('utf8').on('data', (more) => (text += more))
  client.stderr.setEncoding('utf8').on('data', (more) => (text += more))
  const closed = new Promise((resolve) => client.on('close', resolve))
  client.stdin.on('error', () => {})
  while (!text.includes('Verify return code')) await sleep(10)
  client.stdin.write('R\n')
  await closed
  assert.match(text, /no renegotiation/)
})

// ---- What goes through -----------------------------------------------------

test('pipelined requests are answered in order on one connection', async () => {
  const socket = await open()
  const paths = Array.from({ length: 200 }, (_, i) => `/nowhere${i}`)
  socket.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`).join('') + HEALTH)
  const text = await readUntil(socket, (got) => got.endsWith('{"status":"ok"}'))
  assert.equal(statuses(text).length, 201)
  socket.end()
})

test('large bodies go both ways, also to a client that reads slowly', async () => {
  const notes = Array.from({ length: 400 }, (_, i) => ({ id: i + 1, name: `${i} `.padEnd(16_000, 'x') }))
  const body = JSON.stringify(notes)
  const json = { 'Content-Type': 'application/json' }
  const posted = await ask('/rest/v1/authors', { method: 'POST', headers: json, body })
  assert.equal(posted.status, 201, posted.text)

  const read = await ask('/rest/v1/authors?select=id,name&order=id')
  assert.equal(read.text, body)

  const slow = await open()
  slow.write('GET /rest/v1/authors?select=id,name&order=id HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  let length = 0
  for await (const chunk of slow) {
    length += chunk.length
    if (length < 2_000_000) await sleep(1)
  }
  assert.ok(length > body.length, `${length}`)
})

test('a body in chunks and byte by byte', async () => {
  const socket = await open()
  const text = 'POST /rest/v1/authors HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n' +
    'Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n' +
    'a\r\n{"id":9000\r\nd\r\n,"name":"Eva"\r\n1\r\n}\r\n0\r\n\r\n'
  for (const byte of text) socket.write(byte)
  assert.deepEqual(statuses(await readUntil(socket, () => false)), [201])
})

test('says that a connection ends, so that nobody can cut an answer short unseen', async () => {
  const { stdout } = await exec('sh', [
    '-c',
    `printf 'GET /healthz HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n' |
     openssl s_client -connect 127.0.0.1:${server.port} -ign_eof -msg 2>&1`,
  ])
  assert.match(stdout, /<<< TLS 1\.3, Alert.*warning close_notify/)
})

// ---- Who does not speak TLS ------------------------------------------------

test('plain HTTP is told to use https', async () => {
  const got = await exchange(server.port, HEALTH)
  assert.deepEqual(got.statuses, [400])
  assert.match(got.text, /this port speaks https, not http/)
  assert.ok(got.isClosed)
})

test('garbage gets an alert, if anything, and the end', async () => {
  for (const bytes of ['\x00\x01\x02garbage\r\n\r\n', '\x16\x03\x01\x00\x05hello', '\x80\x2e\x01\x03\x01']) {
    const got = await exchange(server.port, bytes.padEnd(70_000, '\xff'))
    assert.match(got.text, /^(\x15\x03[^]{5})?$/)
    assert.ok(got.isClosed)
  }
})

test('a handshake has the time of a head', async () => {
  for (const bytes of ['', '\x16\x03\x01\x02\x00\x01']) {
    const began = performance.now()
    const raw = new Raw(server.port)
    raw.send(bytes)
    const trickle = bytes && setInterval(() => raw.send('\x00'), 100)
    await raw.until(() => raw.isClosed)
    clearInterval(trickle)
    const ms = performance.now() - began
    assert.ok(raw.isClosed && ms > 700 && ms < 5000, `${ms}`)
    assert.equal(statuses(raw.text).length, 0)
  }
})

test('connections that break off do no harm', async () => {
  for (let i = 0; i < 50; i++) {
    const socket = await open()
    socket.on('error', () => {})
    socket.write(i % 2 ? HEALTH : HEALTH.slice(0, 20))
    if (i % 3 === 0) await sleep(1)
    socket._handle?.close?.() // the TCP connection only: no close_notify
    socket.destroy()
  }
  assert.equal((await ask('/healthz')).status, 200)
})

// ---- Certificates ----------------------------------------------------------

async function servedName() {
  const socket = await open({ rejectUnauthorized: false })
  const name = socket.getPeerCertificate().subject.CN
  socket.end()
  return name
}

test('a renewed certificate is taken on SIGHUP without a failed request', async () => {
  const [own, all] = [await workspace(), []]
  const first = await writeCertificate(own, 'first')
  const second = await writeCertificate(own, 'second')
  const both = first + second
  const use = async (name) => {
    await copyFile(join(own, `${name}.pem`), join(own, 'live.pem'))
    await copyFile(join(own, `${name}.key`), join(own, 'live.key'))
  }
  await use('first')
  const previous = server
  server = await serveSchema(LIBRARY, tlsSettings(own, 'live'))
  try {
    let isOver = false
    let count = 0
    const load = async (agent) => {
      while (!isOver) {
        assert.equal((await ask('/healthz', { ca: both, agent, servername: 'localhost' })).status, 200)
        count++
      }
    }
    const kept = new Agent({ keepAlive: true, maxSockets: 2 })
    all.push(load(false), load(false), load(kept), load(kept))
    for (let i = 0; i < 10; i++) {
      const name = i % 2 ? 'first' : 'second'
      await use(name)
      const lines = server.log.length
      server.child.kill('SIGHUP')
      while (server.log.length === lines) await sleep(5)
      assert.match(server.log.at(-1), new RegExp(`certificate reloaded.*CN=${name}`))
      assert.equal(await servedName(), name)
    }

    await writeFile(join(own, 'live.key'), await readFile(join(own, 'second.key')))
    server.child.kill('SIGHUP')
    while (!/not reloaded.*is not the key of/.test(server.log.at(-1))) await sleep(5)
    assert.equal(await servedName(), 'first')

    isOver = true
    await Promise.all(all)
    kept.destroy()
    assert.ok(count > 50, `${count}`)
  } finally {
    await server.close()
    server = previous
    await removeWorkspace(own)
  }
})

test('a request under way at SIGTERM is answered, and the end is in order', async () => {
  const previous = server
  server = await serveSchema(LIBRARY, tlsSettings(folder))
  try {
    const idle = await open()
    const idleEnd = readUntil(idle, () => false)
    const socket = await open()
    const answer = readUntil(socket, () => false)
    socket.write('POST /rest/v1/authors HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 14\r\n\r\n{')
    await sleep(100)
    server.child.kill('SIGTERM')
    assert.equal(await idleEnd, '')
    socket.write('"name":"Eva"}')
    const text = await answer
    assert.deepEqual(statuses(text), [201])
    assert.match(text, /Connection: close/)
    if (server.child.exitCode === null) await once(server.child, 'exit')
    assert.equal(server.child.exitCode, 0)
  } finally {
    await server.close()
    server = previous
  }
})

test('what is wrong with the files is said before anybody is served', async () => {
  const own = await workspace({ 'schema.prisma': LIBRARY, 'text.pem': 'hello' })
  await writeCertificate(own, 'a')
  await writeCertificate(own, 'b')
  const CASES = [
    [['--tls-certificate', 'a.pem'], /tls-certificate without tls-key/],
    [['--tls-key', 'a.key'], /tls-key without tls-certificate/],
    [['--tls-certificate', 'no.pem', '--tls-key', 'a.key'], /cannot read no\.pem: No such file/],
    [['--tls-certificate', 'text.pem', '--tls-key', 'a.key'], /'text\.pem' holds no certificate in PEM/],
    [['--tls-certificate', 'a.pem', '--tls-key', 'a.pem'], /'a\.pem' holds no private key in PEM/],
    [['--tls-certificate', 'a.pem', '--tls-key', 'b.key'], /the key in 'b\.key' is not the key of 'a\.pem'/],
  ]
  for (const [settings, message] of CASES) {
    const { code, stderr, stdout } = await run(own, ['serve', '--listen', '127.0.0.1:0', ...settings])
    assert.notEqual(code, 0)
    assert.match(stderr, message)
    assert.equal(stdout, '')
  }
  await removeWorkspace(own)
})
