/*
 * The table item behind Fastify and pg, as their own manuals would set it up
 * for speed: a pool, named statements, which pg prepares once, response schemas,
 * no logger, and a process for each core, since they share nothing.
 *
 *     DATABASE=postgresql://... WORKERS=2 PORT=... node postgres.js
 */
import cluster from 'node:cluster'

import Fastify from 'fastify'
import pg from 'pg'

import { item, newItem } from './item.js'
import { nested, sale } from './sale.js'

if (cluster.isPrimary) {
  let listening = 0
  const workers = Number(process.env.WORKERS)
  for (let i = 0; i < workers; i++)
    cluster.fork()
  cluster.on('listening', () => {
    if (++listening === workers)
      console.log(`listening on http://127.0.0.1:${process.env.PORT}`)
  })
  process.on('SIGTERM', () => process.exit(0))
} else {
  await serve()
}

async function serve() {
  // As text would be slower: a timestamp without a zone is in UTC.
  pg.types.setTypeParser(pg.types.builtins.TIMESTAMP,
    (text) => `${text.replace(' ', 'T')}Z`)
  const pool = new pg.Pool({
    connectionString: process.env.DATABASE,
    max: 10,
  })
  const columns =
    'id, user_id, title, note, price, quantity, active, created_at'
  const run = async (name, text, values) =>
    (await pool.query({ name, text, values })).rows
  const id = { type: 'object', properties: { id: { type: 'integer' } } }
  const app = Fastify()

  app.get('/healthz', () => ({ status: 'ok' }))

  app.get('/item/:id', { schema: { params: id, response: { 200: item } } },
    async (request, reply) => {
      const rows = await run('point',
        `SELECT ${columns} FROM item WHERE id = $1`, [request.params.id])
      return rows[0] ?? reply.code(404).send({ message: 'not found' })
    })

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
  }, (request) => run('list',
    `SELECT ${columns} FROM item WHERE id > $1 ORDER BY id LIMIT $2`,
    [request.query.after, request.query.limit]))

  const after = { type: 'object', properties: { after: { type: 'integer' } } }
  app.get('/sale', {
    schema: { querystring: after, response: { 200: sale } },
  }, (request) => run('nested', nested, [request.query.after]))

  app.get('/scan', () => run('scan',
    'SELECT id FROM item WHERE quantity < $1 LIMIT 1', [0]))

  app.post('/item', { schema: { body: newItem, response: { 201: id } } },
    async (request, reply) => {
      const row = request.body
      const [{ id: made }] = await run('insert',
        `INSERT INTO item (user_id, title, note, price, quantity, active)
         VALUES ($1, $2, $3, $4, $5, $6) RETURNING id`,
        [row.user_id, row.title, row.note, row.price, row.quantity,
          row.active])
      reply.code(201)
      return { id: made }
    })

  await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
}
