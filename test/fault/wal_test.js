// The WAL stays within a bound, whoever writes and reads: a checkpoint that
// never ends would let it grow until the disk is full.
// Runs alone: it looks at what happens when.

import assert from 'node:assert/strict'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import { serveSchema } from '../e2e/support/tenon.js'
import { Connection } from './support/http.js'

const SCHEMA = `
model Note {
  id   Int    @id @default(autoincrement())
  text String

  @@map("notes")
  @@allow('all', true)
}
`

// The engine ends readers that are in the way at 24 * 1024 pages.
const BOUND = 128 * 1024 * 1024
const SECONDS = 2.5
const WRITERS = 8

const rows = Array.from({ length: 200 }, (_, i) => ({ text: `${i} `.repeat(200) }))

async function writeUntil(isOver, connection) {
  let bytes = 0
  while (!isOver()) {
    const { status, text } = await connection.request('POST', '/rest/v1/notes', rows)
    assert.equal(status, 201, text)
    bytes += rows.length * rows[0].text.length
  }
  return bytes
}

// Always one scan under way, so that there is no moment without a reader.
async function readUntil(isOver, connection) {
  while (!isOver()) {
    const { status } = await connection.request('GET', '/rest/v1/notes?text=like.*never*&select=id')
    assert.equal(status, 200)
  }
}

for (const readers of [0, 3]) {
  test(`a constant writer and ${readers} slow readers`, async (t) => {
    const server = await serveSchema(SCHEMA, ['--workers', '2'])
    t.after(() => server.close())
    const open = () => Connection.open(server.port)
    const end = performance.now() + SECONDS * 1000
    const isOver = () => performance.now() > end
    const writers = Array.from({ length: WRITERS }, async () => writeUntil(isOver, await open()))
    const reading = Array.from({ length: readers }, async () => readUntil(isOver, await open()))
    let largest = 0
    const watch = setInterval(() => {
      largest = Math.max(largest, statSync(join(server.folder, 'app.db-wal')).size)
    }, 20)
    const written = (await Promise.all(writers)).reduce((sum, bytes) => sum + bytes)
    await Promise.all(reading)
    clearInterval(watch)
    const mb = (bytes) => `${(bytes / 1024 / 1024).toFixed(0)} MB`
    t.diagnostic(`${mb(written)} written, largest WAL ${mb(largest)}`)
    assert.ok(largest < BOUND, `the WAL reached ${mb(largest)}`)
  })
}
