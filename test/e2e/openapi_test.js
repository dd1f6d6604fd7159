// The documents that describe the REST interface, judged by validators that
// others wrote: valid, about what the caller may do and nothing else.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { Validator } from '@seriousme/openapi-schema-validator'

import { FUNCTIONS } from './support/functions.js'
import { run, serveSchema } from './support/tenon.js'

const SCHEMA = `${FUNCTIONS}
model Odd {
  id     Int    @id
  name   String @map("a name / ~ é")
  closed String @deny('all', true)
  locked Int    @deny('update', true)

  @@map("odd table")
  @@allow('read,update', true)
  @@deny('delete', true)
}

model Closed {
  id Int @id

  @@map("closed")
}

model OddUpdate {
  id Int @id

  @@allow('all', true)
}
`

let server
let openapi
let swagger

before(async () => {
  server = await serveSchema(SCHEMA, [], () => ({}), 'sqlite')
  openapi = await (await fetch(`${server.url}/openapi.json`)).json()
  swagger = await (await server.fetch('')).json()
})
after(() => server?.close())

for (const [name, get, version] of [
  ['OpenAPI', () => openapi, '3.1'],
  ['Swagger', () => swagger, '2.0'],
]) {
  test(`the ${name} document is valid`, async () => {
    const validator = new Validator({ strict: false })
    const { valid, errors } = await validator.validate(structuredClone(get()))
    assert.ok(valid, JSON.stringify(errors, null, 2))
    assert.equal(validator.version, version)
  })
}

/** All of a document's references lead somewhere. */
function checkReferences(document) {
  const follow = (pointer) =>
    pointer
      .slice(2)
      .split('/')
      .reduce((at, part) => at?.[decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')], document)
  const visit = (at) => {
    if (at === null || typeof at !== 'object') return
    if (typeof at.$ref === 'string') assert.ok(follow(at.$ref), at.$ref)
    Object.values(at).forEach(visit)
  }
  visit(document)
}

test('every reference leads somewhere', () => {
  checkReferences(openapi)
  checkReferences(swagger)
})

test('both list the tables and functions that the caller may use', () => {
  const names = (document) => Object.keys(document.paths).filter((path) => path !== '/')
  assert.deepEqual(names(openapi).sort(), names(swagger).sort())
  assert.ok(names(openapi).includes('/odd table'))
  assert.ok(names(openapi).includes('/rpc/tally'))
  assert.ok(!names(openapi).includes('/closed'))
  assert.ok(!names(openapi).includes('/rpc/closed'))
})

test('methods are those that the policies allow', () => {
  assert.deepEqual(Object.keys(openapi.paths['/books']), ['get', 'post', 'put', 'patch', 'delete'])
  assert.deepEqual(Object.keys(openapi.paths['/odd table']), ['get', 'patch'])
  assert.deepEqual(Object.keys(openapi.paths['/secrets']), ['post'])
  assert.deepEqual(Object.keys(openapi.paths['/rpc/add']), ['get', 'post'])
  assert.deepEqual(Object.keys(openapi.paths['/rpc/forget']), ['post'])
  assert.deepEqual(Object.keys(swagger.paths['/odd table']), ['get', 'patch'])
})

test('columns are those that the caller may see, or set', () => {
  const { Odd, Book } = openapi.components.schemas
  assert.deepEqual(Object.keys(Odd.properties), ['id', 'a name / ~ é', 'locked'])
  assert.deepEqual(Object.keys(openapi.components.schemas['Odd.Update'].properties), ['id', 'a name / ~ é'])
  assert.ok(!('cost' in Book.properties))
  assert.deepEqual(Object.keys(swagger.definitions.odd_20table.properties), ['id', 'a name / ~ é', 'locked'])
  assert.ok(!JSON.stringify([openapi, swagger]).includes('closed'))
})

test('a function says what it takes and gives back', () => {
  const { get, post } = openapi.paths['/rpc/tally']
  const least = get.parameters.find((parameter) => parameter.name === 'least')
  assert.deepEqual(least, {
    name: 'least',
    in: 'query',
    required: false,
    schema: { type: 'integer', minimum: -2147483648, maximum: 2147483647, allOf: [{ minimum: 0 }] },
  })
  assert.deepEqual(post.requestBody.content['application/json'].schema.required, [])
  assert.deepEqual(get.responses[200].content['application/json'].schema, {
    type: 'array',
    items: { $ref: '#/components/schemas/Tally' },
  })
  assert.equal(openapi.paths['/rpc/ping'].get.responses[204].description, 'Done.')
})

test('the Swagger document tells keys in notes', () => {
  const { properties, required } = swagger.definitions.books
  assert.equal(properties.id.description, 'Note:\nThis is a Primary Key.<pk/>')
  assert.equal(
    properties.author_id.description,
    "Note:\nThis is a Foreign Key to `authors.id`.<fk table='authors' column='id'/>",
  )
  assert.deepEqual(properties.genre, {
    format: 'public.Genre',
    type: 'string',
    enum: ['FICTION', 'SCIENCE'],
    default: 'FICTION',
  })
  assert.deepEqual(required, ['id', 'title', 'genre', 'added', 'author_id'])
  assert.equal(swagger.host, new URL(server.url).host)
  assert.equal(swagger.basePath, '/rest/v1')
})

test('the command prints what the server serves', async () => {
  const options = ['--schema', 'schema.prisma', '--database', 'file:app.db']
  const { stdout } = await run(server.folder, ['generate', 'openapi', ...options])
  assert.deepEqual(JSON.parse(stdout), openapi)
})

test('HEAD says how long it is, and other methods are refused', async () => {
  const head = await server.fetch('', { method: 'HEAD' })
  assert.equal(head.status, 200)
  assert.equal(head.headers.get('content-type'), 'application/openapi+json; charset=utf-8')
  const refused = await fetch(`${server.url}/openapi.json`, { method: 'POST' })
  assert.equal(refused.status, 405)
})
