// What the OpenAPI document says and what the server does, held against each
// other: rows and results by a validator, parameters, bodies and columns one by
// one.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'

import Ajv from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

import { resetBooks, FUNCTIONS } from './support/functions.js'
import * as postgres from './support/postgres_world.js'
import { serveSchema } from './support/tenon.js'

const KIOSK = new URL('../golden/generate/kiosk/schema.prisma', import.meta.url)

const servers = []
let kiosk
let books

before(async () => {
  kiosk = await open(await readFile(KIOSK, 'utf8'))
  books = await open(FUNCTIONS)
  await resetBooks(books.server)
  await kiosk.send('products', { name: 'Tea', tags: ['hot'], price: 2.5, kinds: ['food'], note: 'new' })
  await kiosk.send('products', { name: 'Air' })
  await kiosk.send('recipes', { product_id: 1, steps: ['boil'] })
})
after(async () => {
  for (const server of servers) await server.close()
})

async function open(schema, args = [], engine = 'sqlite') {
  const server = await serveSchema(schema, args, undefined, engine)
  servers.push(server)
  const document = await (await fetch(`${server.url}/openapi.json`)).json()
  const ajv = new Ajv({ strict: false })
  addFormats(ajv)
  ajv.addSchema({ $id: 'doc', ...document })
  const send = (path, body, method = 'POST') =>
    server.fetch(path, { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })
  return { server, document, ajv, send }
}

const at = ({ document }, { $ref }) => document.components[$ref.split('/')[2]][$ref.split('/')[3]]
const parametersOf = (world, operation) => operation.parameters.map((one) => (one.$ref ? at(world, one) : one))
const bodyOf = (operation) => operation.requestBody.content['application/json'].schema
const tablesOf = ({ document }) => Object.keys(document.paths).filter((path) => !path.startsWith('/rpc/') && path !== '/')
const functionsOf = ({ document }) => Object.keys(document.paths).filter((path) => path.startsWith('/rpc/'))
const both = () => [kiosk, books]

function expectValid({ ajv }, schema, value, what) {
  const pointer = JSON.stringify(schema).replaceAll('#/components', 'doc#/components')
  assert.ok(ajv.validate(JSON.parse(pointer), value), `${what}: ${JSON.stringify(ajv.errors)} ${JSON.stringify(value)}`)
}

test('rows are as they are described, with everything that can be asked for', async () => {
  for (const world of both()) {
    for (const path of tablesOf(world)) {
      const read = world.document.paths[path].get
      if (!read) continue
      const { schema } = read.responses[200].content['application/json']
      const columns = Object.keys(at(world, schema.items).properties).map((name) => `"${name}"`)
      for (const query of ['', `?select=${columns.join(',')}`]) {
        const response = await world.server.fetch(`${path.slice(1)}${query}`)
        const rows = await response.json()
        assert.equal(response.status, 200, JSON.stringify(rows))
        expectValid(world, schema, rows, path + query)
      }
    }
  }
  const { properties } = kiosk.document.components.schemas.Product
  assert.deepEqual(Object.keys(properties).slice(-2), ['made at', 'ticket'])
  assert.equal(properties.ticket.description, 'What it is asked for by.')
})

test('every parameter is taken, and every column is one', async () => {
  for (const world of both()) {
    for (const path of tablesOf(world)) {
      const read = world.document.paths[path].get
      if (!read) continue
      const { items } = read.responses[200].content['application/json'].schema
      const queries = parametersOf(world, read).filter((one) => one.in === 'query')
      const words = ['select', 'order', 'limit', 'offset', 'or', 'and', 'cursor']
      const filters = queries.map((one) => one.name).filter((name) => !words.includes(name))
      assert.deepEqual(filters.toSorted(), Object.keys(at(world, items).properties).toSorted(), path)
      for (const name of filters) {
        const { status } = await world.server.fetch(`${path.slice(1)}?${encodeURIComponent(name)}=not.is.null`)
        assert.equal(status, 200, `${path} ${name}`)
      }
    }
  }
})

test('an insert may have what is described, and must have what is required', async () => {
  const { schema } = { schema: at(kiosk, bodyOf(kiosk.document.paths['/products'].post).oneOf[0]) }
  assert.deepEqual(schema.required, ['name'])
  const values = { string: 'x', integer: 1, number: 1.5, array: [] }
  for (const [name, property] of Object.entries(schema.properties)) {
    const type = [property.type].flat()[0]
    const value = property.enum?.[0] ?? { id: 99, image: '\\x00', 'made at': '2025-01-01T00:00:00Z' }[name] ?? values[type] ?? {}
    const response = await kiosk.send('products?on_conflict=id', { name: 'New', [name]: value })
    assert.equal(response.status, 201, `${name}: ${await response.text()}`)
    await kiosk.server.fetch('products?name=in.(New,x)', { method: 'DELETE' })
  }
  assert.ok('cost' in schema.properties)
  assert.ok(!('pin' in schema.properties) && !('ticket' in schema.properties))
})

test('an update may have what is described, and nothing else', async () => {
  const { properties } = at(kiosk, bodyOf(kiosk.document.paths['/products'].patch).oneOf[0])
  const all = [...Object.keys(properties), 'made at', 'pin', 'ticket']
  for (const name of all) {
    const { status } = await kiosk.send('products?id=eq.12345', { [name]: null }, 'PATCH')
    // A null may be refused, but not for the column.
    assert.equal([204, 400].includes(status) && !['pin', 'ticket'].includes(name), name in properties, name)
  }
})

test('one row is put by its key', async () => {
  const put = kiosk.document.paths['/recipes'].put
  const keys = parametersOf(kiosk, put).filter((one) => one.required)
  assert.deepEqual(keys.map((one) => one.name), ['product_id'])
  for (const status of [201, 200]) {
    const response = await kiosk.server.fetch('recipes?product_id=eq.2', {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json', Prefer: 'return=representation' },
      body: JSON.stringify({ product_id: 2, steps: [] }),
    })
    const rows = await response.json()
    assert.equal(response.status, status, JSON.stringify(rows))
    expectValid(kiosk, put.responses[status].content['application/json'].schema, rows, 'PUT')
  }
  const silent = await kiosk.send('recipes?product_id=eq.2', { product_id: 2 }, 'PUT')
  assert.ok(String(silent.status) in put.responses, silent.status)
  assert.equal((await kiosk.send('recipes', { product_id: 2 }, 'PUT')).status, 405)
})

const SOME = { string: 'Tea', integer: 1, number: 1.5, array: [] }
const NONE = { string: 'nobody', integer: 98765, number: 98765.5, array: [] }
const argumentsOf = (world, path, values) => {
  const of = ({ type, enum: [first] = [], format }) =>
    first ?? (format === 'date-time' ? '2025-01-01T00:00:00Z' : (values[[type].flat()[0]] ?? { a: 1 }))
  const { properties } = bodyOf(world.document.paths[path].post)
  return Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, of(one)]))
}

test('functions take and give back what is described', async () => {
  for (const world of both()) {
    for (const path of functionsOf(world)) {
      const { post, get } = world.document.paths[path]
      const args = argumentsOf(world, path, NONE)
      const [status, described] = Object.entries(post.responses)[0]
      for (const given of get ? [args, argumentsOf(world, path, SOME)] : [args]) {
        const response = await world.send(path.slice(1), given)
        assert.equal(response.status, Number(status), `${path} ${JSON.stringify(given)}`)
        if (described.content) expectValid(world, described.content['application/json'].schema, await response.json(), path)
      }
      const byGet = await world.server.fetch(path.slice(1))
      assert.equal(byGet.status === 405, get === undefined, path)
      const wrong = await world.send(path.slice(1), { ...args, nothing: 1 })
      assert.equal(wrong.status, 404, path)
    }
  }
})

test('methods that are not described are refused', async () => {
  const filter = '?id=eq.12345'
  for (const [path, item] of tablesOf(books).map((path) => [path, books.document.paths[path]])) {
    for (const method of ['PATCH', 'DELETE']) {
      const { status } = await books.send(path.slice(1) + filter, {}, method)
      assert.equal(status === 401, item[method.toLowerCase()] === undefined, `${method} ${path}`)
    }
  }
})

test('headers are described where they do something', () => {
  const headers = (operation) =>
    parametersOf(kiosk, operation).filter((one) => one.in === 'header').map((one) => one.name)
  const { get, post, patch, delete: remove } = kiosk.document.paths['/products']
  assert.deepEqual(headers(get), ['Range', 'If-None-Match', 'Prefer'])
  assert.deepEqual(headers(post), ['Idempotency-Key', 'Prefer'])
  assert.deepEqual(headers(patch), ['If-Match', 'Idempotency-Key', 'Prefer'])
  assert.deepEqual(headers(remove), ['If-Match', 'Idempotency-Key', 'Prefer'])
  assert.deepEqual(headers(kiosk.document.paths['/rpc/discount'].post), ['Idempotency-Key', 'Prefer'])
  assert.deepEqual(headers(kiosk.document.paths['/rpc/names'].get), ['Range', 'Prefer'])
})

const SCHEMAS = `
datasource db {
  provider = "postgresql"
  url      = env("DATABASE_URL")
  schemas  = ["public", "shop"]
}

model Item {
  id   Int    @id
  name String
  @@map("items")
  @@schema("shop")
  @@allow('all', true)
}

model Thing {
  id Int @id
  @@map("items")
  @@schema("public")
  @@allow('all', true)
}

model Order {
  id Int @id
  @@map("orders")
  @@schema("shop")
  @@allow('all', true)
}
`

test('of several schemas of the database, the headers choose one', { skip: postgres.skip }, async () => {
  const world = await open(SCHEMAS, [], 'postgresql')
  assert.deepEqual(tablesOf(world), ['/items'])
  const ask = async (profile) => {
    const headers = profile ? { 'Accept-Profile': profile } : {}
    const openapi = await fetch(`${world.server.url}/openapi.json`, { headers })
    const swagger = await world.server.fetch('', { headers })
    return [openapi.status, await openapi.json(), swagger.status, await swagger.json()]
  }
  const [, openapi, , swagger] = await ask('shop')
  assert.deepEqual(tablesOf({ document: openapi }), ['/items', '/orders'])
  assert.deepEqual(Object.keys(swagger.definitions), ['items', 'orders'])
  assert.deepEqual(Object.keys(openapi.components.schemas.Item.properties), ['id', 'name'])
  const [, , , first] = await ask()
  assert.deepEqual(Object.keys(first.definitions), ['items'])
  const [status, failure, other, refused] = await ask('nowhere')
  assert.deepEqual([status, other, failure.code, refused.code], [406, 406, 'PGRST106', 'PGRST106'])
})
