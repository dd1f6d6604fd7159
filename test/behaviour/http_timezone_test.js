// Times as the clocks of a time zone show them, on every engine.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { LIBRARY, resetLibrary } from '../e2e/support/library.js'
import { serveSchema } from '../e2e/support/tenon.js'

let server

before(async () => {
  server = await serveSchema(LIBRARY)
  await resetLibrary(server)
})
after(() => server?.close())

async function read(path, zone, headers = {}) {
  const response = await server.fetch(path, { headers: { Prefer: `timezone=${zone}`, ...headers } })
  const text = await response.text()
  return { status: response.status, applied: response.headers.get('preference-applied'), text }
}

test('a time has the offset that was in force', async () => {
  const { status, applied, text } = await read('books?select=published&order=isbn&limit=3', 'America/New_York')
  assert.equal(status, 200)
  assert.equal(applied, 'timezone=America/New_York')
  assert.equal(text, '[{"published":"1974-04-30T20:00:00-04:00"},{"published":"1961-05-31T20:00:00-04:00"},{"published":null}]')
})

test('times of embedded rows are shown alike', async () => {
  const { text } = await read('authors?select=name,books(isbn,published)&id=eq.3', 'Asia/Kolkata')
  assert.equal(text, '[{"name":"Italo Calvino","books":[{"isbn":"4","published":"1972-11-03T05:30:00+05:30"}]}]')
})

test('times of a spread are shown alike', async () => {
  const { text } = await read('authors?select=...books(day:published)&id=eq.3', 'Asia/Kolkata')
  assert.deepEqual(JSON.parse(text), [{ day: ['1972-11-03T05:30:00+05:30'] }])
})

test('CSV has them as PostgreSQL writes them', async () => {
  const { text } = await read('books?select=isbn,published&isbn=eq.4', 'Europe/Rome', { Accept: 'text/csv' })
  assert.equal(text, 'isbn,published\n4,"1972-11-03 01:00:00+01"')
})

test('what a write hands back is shown alike', async () => {
  const response = await server.fetch('books?isbn=eq.4&select=published', {
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json', Prefer: 'return=representation, timezone=Asia/Tokyo' },
    body: JSON.stringify({ published: '2024-07-01T12:00:00.25Z' }),
  })
  assert.equal(await response.text(), '[{"published":"2024-07-01T21:00:00.25+09:00"}]')
})

for (const [name, zone] of [['unknown', 'Mars/Phobos'], ['a path', '../../etc/passwd'], ['empty', '/']]) {
  test(`a zone that is ${name} is refused`, async () => {
    const { status, text } = await read('books', zone)
    assert.equal(status, 400)
    assert.equal(JSON.parse(text).message, `invalid value for parameter "TimeZone": "${zone}"`)
    const strict = await read('books', `${zone}, handling=strict`)
    assert.equal(JSON.parse(strict.text).details, `Invalid preferences: timezone=${zone}`)
  })
}
