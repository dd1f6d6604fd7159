/*
 * The table item behind Fastify and better-sqlite3, as their own manuals would
 * set it up for speed: prepared statements, response schemas (so that replies
 * are serialised by generated code), no logger, one process.
 *
 *     DATABASE=bench.db SYNCHRONOUS=NORMAL|FULL PORT=... node server.js
 *
 * It stays on one process because better-sqlite3 writes synchronously: more
 * processes would queue for the same write lock.
 */
import Database from 'better-sqlite3'
import Fastify from 'fastify'

import { item, newItem } from './item.js'

const db = new Database(process.env.DATABASE, { fileMustExist: true })
db.pragma('journal_mode = WAL')
db.pragma(`synchronous = ${process.env.SYNCHRONOUS}`)
db.pragma('foreign_keys = ON')
db.pragma('cache_size = -64000')
db.pragma('mmap_size = 1073741824')

const columns =
  'id, user_id, title, note, price, quantity, active, created_at'
const point = db.prepare(`SELECT ${columns} FROM item WHERE id = ?`)
const list = db.prepare(
  `SELECT ${columns} FROM item WHERE id > ? ORDER BY id LIMIT ?`)
const scan = db.prepare(`SELECT id FROM item WHERE quantity < ? LIMIT 1`)
const insert = db.prepare(
  `INSERT INTO item (user_id, title, note, price, quantity, active,
   created_at) VALUES (?, ?, ?, ?, ?, ?, ?)`)

const id = { type: 'object', properties: { id: { type: 'integer' } } }

// As the table wants it.
const now = () => `${new Date().toISOString().slice(0, 23)}+00:00`

const app = Fastify()

const health = {
  type: 'object',
  properties: { status: { type: 'string' } },
}
app.get('/healthz', { schema: { response: { 200: health } } },
    () => ({ status: 'ok' }))

app.get('/item/:id', { schema: { params: id, response: { 200: item } } },
    (request, reply) => point.get(request.params.id) ??
      reply.code(404).send({ message: 'not found' }))

app.get('/item', {
  schema: {
    querystring: {
      type: 'object',
      properties: {
        after: { type: 'integer', default: 0 },
        limit: { type: 'integer', default: 20, maximum: 1000 },
      },
    },
    response: { 200: { type: 'array', items: item } },
  },
}, (request) => list.all(request.query.after, request.query.limit))

app.get('/scan', () => scan.all(0))

app.post('/item', {
  schema: { body: newItem, response: { 201: id } },
}, (request, reply) => {
  const row = request.body
  const { lastInsertRowid } = insert.run(
    row.user_id, row.title, row.note, row.price, row.quantity,
    row.active ? 1 : 0, now())
  reply.code(201)
  return { id: lastInsertRowid }
})

await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
console.log(`listening on http://127.0.0.1:${process.env.PORT}`)
