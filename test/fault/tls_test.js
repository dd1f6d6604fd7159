// TLS under load while the network misbehaves and others attack: who plays by
// the rules is served, what was acknowledged is there once, no connection and no
// memory is left behind, and certificates change meanwhile.
// Runs alone: it looks at what happens when.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, readdirSync, readFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'

import { tlsSettings, writeCertificate } from '../e2e/support/certificate.js'
import { removeWorkspace, serveSchema, workspace } from '../e2e/support/tenon.js'

const SCHEMA = `
model Entry {
  id   Int    @id
  text String

  @@map("entries")
  @@allow('all', true)
}
`
const TEXT = 'x'.repeat(2000)

let folder
let ca
let server

function useCertificate(name) {
  for (const end of ['pem', 'key']) copyFileSync(join(folder, `${name}.${end}`), join(folder, `live.${end}`))
}

before(async () => {
  folder = await workspace()
  ca = (await writeCertificate(folder, 'first')) + (await writeCertificate(folder, 'second'))
  useCertificate('first')
  server = await serveSchema(SCHEMA, [...tlsSettings(folder, 'live'), '--head-timeout', '2s', '--workers', '2'])
})
after(async () => {
  await server?.close()
  await removeWorkspace(folder)
})

const residentBytes = () =>
  1024 * Number(readFileSync(`/proc/${server.child.pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)[1])
const openFiles = () => readdirSync(`/proc/${server.child.pid}/fd`).length

/** Rejects when the connection breaks. */
function ask(method, path, { body, agent, port = server.port } = {}) {
  return new Promise((resolve, reject) => {
    const call = request(
      { method, path, port, host: '127.0.0.1', servername: 'localhost', ca, agent,
        headers: { 'Content-Type': 'application/json' } },
      (reply) => {
        let text = ''
        reply.setEncoding('utf8').on('data', (more) => (text += more))
        reply.on('error', reject).on('aborted', () => reject(new Error('aborted')))
        reply.on('end', () => resolve({ status: reply.statusCode, text }))
      },
    )
    call.on('error', reject)
    call.end(body && JSON.stringify(body))
  })
}

/** Innocent clients: each request must be answered, and soon. */
async function serveInnocents(whileThis) {
  let isOver = false
  let count = 0
  let worst = 0
  const agent = new Agent({ keepAlive: true, maxSockets: 2 })
  const client = async (own) => {
    while (!isOver) {
      const began = performance.now()
      const { status } = await ask('GET', '/rest/v1/entries?limit=1', { agent: own })
      worst = Math.max(worst, performance.now() - began)
      assert.equal(status, 200)
      count++
    }
  }
  const clients = [client(agent), client(agent), client(false)]
  await whileThis()
  isOver = true
  await Promise.all(clients)
  agent.destroy()
  assert.ok(count > 20, `${count} requests`)
  assert.ok(worst < 3000, `${worst} ms`)
}

/** Once the server has noticed that everybody has gone. */
async function expectNothingLeft(filesBefore) {
  for (let i = 0; i < 100 && openFiles() > filesBefore; i++) await sleep(50)
  assert.ok(openFiles() <= filesBefore, `${openFiles()} open files, ${filesBefore} before`)
}

function rawMany(count, bytes) {
  return Array.from({ length: count }, () => {
    const socket = connect({ port: server.port, host: '127.0.0.1' })
    socket.on('error', () => {})
    socket.resume()
    if (bytes.length > 0) socket.write(bytes)
    return socket
  })
}

const closed = (socket) => socket.closed || once(socket, 'close')

/** The first bytes of a handshake. */
async function clientHello() {
  const trap = createServer().listen(0, '127.0.0.1')
  await once(trap, 'listening')
  const client = connectTls({ port: trap.address().port, host: '127.0.0.1' })
  client.on('error', () => {})
  const [socket] = await once(trap, 'connection')
  const [bytes] = await once(socket, 'data')
  client.destroy()
  trap.close()
  return bytes
}

// ---- Attacks ---------------------------------------------------------------

test('silence, half handshakes and garbage end by themselves', async () => {
  const hello = await clientHello()
  await ask('GET', '/healthz')
  const files = openFiles()
  await serveInnocents(async () => {
    const all = [
      ...rawMany(300, ''),
      ...rawMany(300, hello.subarray(0, 100)),
      ...rawMany(300, hello), // and then no answer to the server's part
      ...rawMany(100, Buffer.alloc(100_000, 0x16)),
      ...rawMany(100, 'GET / HTTP/1.1\r\n'),
    ]
    await Promise.all(all.map(closed))
  })
  await expectNothingLeft(files + 6)
})

test('a thousand handshakes that come and go leave no memory behind', async () => {
  const round = async () => {
    for (let i = 0; i < 10; i++) {
      await Promise.all(Array.from({ length: 25 }, async () => {
        const socket = connectTls({ port: server.port, host: '127.0.0.1', ca, servername: 'localhost' })
        socket.on('error', () => {})
        await once(socket, 'secureConnect')
        socket.destroy()
      }))
    }
  }
  await round()
  const bytes = residentBytes()
  for (let i = 0; i < 3; i++) await round()
  await ask('GET', '/healthz')
  const grown = residentBytes() - bytes
  if (!process.env.SANITIZED) assert.ok(grown < 4_000_000, `${grown} bytes`)
})

test('a client that renegotiates over and over is ended', async () => {
  await serveInnocents(async () => {
    const client = spawn('openssl', ['s_client', '-connect', `127.0.0.1:${server.port}`, '-tls1_2', '-quiet'],
      { stdio: ['pipe', 'ignore', 'ignore'] })
    client.stdin.on('error', () => {})
    const gone = once(client, 'close')
    const more = setInterval(() => client.stdin.write('R\n'), 5)
    await gone
    clearInterval(more)
  })
})

test('a request in records of one byte is a request', async () => {
  const socket = connectTls({ port: server.port, host: '127.0.0.1', ca, servername: 'localhost' })
  await once(socket, 'secureConnect')
  socket.setNoDelay(true)
  let text = ''
  socket.setEncoding('utf8').on('data', (more) => (text += more))
  for (const byte of 'GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n') {
    socket.write(byte)
    await sleep(1)
  }
  await closed(socket)
  assert.match(text, /200 OK[^]*\{"status":"ok"\}$/)
})

// ---- A network that misbehaves ---------------------------------------------

/** Passes bytes on, up to a random place: there it cuts or changes them. */
async function badNetwork(t, harm) {
  const proxy = createServer((client) => {
    const upstream = connect({ port: server.port, host: '127.0.0.1' })
    const end = () => {
      client.destroy()
      upstream.destroy()
    }
    for (const [from, to] of [[client, upstream], [upstream, client]]) {
      let left = Math.floor(Math.random() * 20_000)
      from.on('error', end).on('close', end)
      from.on('data', (bytes) => {
        const isHere = left >= 0 && left < bytes.length
        to.write(isHere ? harm(bytes, left, end) : bytes)
        left -= bytes.length
      })
    }
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  t.after(() => proxy.close())
  return proxy.address().port
}

const HARMS = {
  cuts: (bytes, at, end) => {
    setImmediate(end)
    return bytes.subarray(0, at)
  },
  'changes bytes': (bytes, at) => {
    const changed = Buffer.from(bytes)
    changed[at] ^= 1 << Math.floor(Math.random() * 8)
    return changed
  },
}

let nextId = 1

for (const [name, harm] of Object.entries(HARMS)) {
  test(`a network that ${name} loses and doubles nothing that was acknowledged`, async (t) => {
    const port = await badNetwork(t, harm)
    const agent = new Agent({ keepAlive: true, maxSockets: 8 })
    const acknowledged = new Set()
    const sent = new Set()
    let broken = 0
    const writer = async () => {
      for (let i = 0; i < 60; i++) {
        const id = nextId++
        sent.add(id)
        const reply = await ask('POST', '/rest/v1/entries', { body: { id, text: TEXT }, agent, port }).catch(() => null)
        if (reply === null) broken++
        // A changed byte breaks the record it is in: what arrives is what was sent.
        else if (reply.status === 201) acknowledged.add(id)
        else assert.fail(`${reply.status} ${reply.text}`)
      }
    }
    await serveInnocents(async () => {
      const work = Promise.all(Array.from({ length: 8 }, writer))
      for (let i = 0; i < 6; i++) {
        useCertificate(i % 2 ? 'first' : 'second')
        server.child.kill('SIGHUP')
        await sleep(50)
      }
      await work
    })
    agent.destroy()
    assert.ok(broken > 0 && acknowledged.size > 0, `${broken} broken, ${acknowledged.size} acknowledged`)
    const { text } = await ask('GET', `/rest/v1/entries?select=id,text&id=in.(${[...sent].join()})`)
    const rows = JSON.parse(text)
    const found = new Set(rows.map((row) => row.id))
    assert.equal(found.size, rows.length)
    for (const id of acknowledged) assert.ok(found.has(id), `entry ${id} is gone`)
    for (const row of rows) assert.equal(row.text, TEXT)
    t.diagnostic(`${acknowledged.size} acknowledged, ${broken} broken off`)
  })
}
