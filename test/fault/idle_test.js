// Ten thousand connections that send nothing, or half a request: bounded
// memory, and nobody else notices.
// Runs alone: it looks at what happens when.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { test } from 'node:test'

import { serveSchema } from '../e2e/support/tenon.js'
import { Connection } from './support/http.js'
import { LEDGER_SCHEMA } from './support/ledger.js'

const COUNT = 10_000
const BYTES_EACH = 2048
const limit = Number(execFileSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }))
const skip = limit < COUNT + 200 ? `at most ${limit} open files` : false

function residentBytes(pid) {
  return 1024 * Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)[1])
}

function openOne(port, bytes) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.on('connect', () => {
      if (bytes !== '') socket.write(bytes)
      resolve(socket)
    })
    socket.on('error', () => resolve(socket))
  })
}

// In portions that the queue of the listening socket can hold.
async function openMany(port, bytes) {
  const sockets = []
  while (sockets.length < COUNT) {
    sockets.push(...await Promise.all(Array.from({ length: 100 }, () => openOne(port, bytes))))
  }
  return sockets
}

async function expectService(port) {
  const started = performance.now()
  const connection = await Connection.open(port)
  const { status } = await connection.request('GET', '/rest/v1/entries?limit=1')
  connection.close()
  assert.equal(status, 200)
  assert.ok(performance.now() - started < 2000)
}

for (const [name, bytes] of [
  ['nothing', ''],
  ['half a head', 'GET /rest/v1/entries HTTP/1.1\r\nHost: loc'],
  ['a head and half a body',
    'POST /rest/v1/entries HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n' +
    'Content-Length: 1000\r\n\r\n{"key":'],
]) {
  test(`ten thousand connections that send ${name}`, { skip }, async (t) => {
    const server = await serveSchema(LEDGER_SCHEMA, ['--workers', '2'])
    t.after(() => server.close())
    await expectService(server.port)
    const before = residentBytes(server.child.pid)
    const sockets = await openMany(server.port, bytes)
    t.after(() => sockets.forEach((socket) => socket.destroy()))
    await expectService(server.port)
    const each = (residentBytes(server.child.pid) - before) / COUNT
    t.diagnostic(`${each.toFixed(0)} bytes each`)
    if (!process.env.SANITIZED) {
      const most = bytes === '' ? BYTES_EACH : 16 * BYTES_EACH
      assert.ok(each < most, `${each.toFixed(0)} bytes each`)
    }
    sockets.forEach((socket) => socket.destroy())
    await expectService(server.port)
  })
}
