// `tenon generate json-schema`, read by a validator that others wrote: what the
// server says about a row, the document says too.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import Ajv from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

import { removeWorkspace, run, serve, workspace } from './support/tenon.js'

const SCHEMA = `
model Item {
  id     Int      @id @default(autoincrement())
  name   String   @length(2, 5)
  price  Decimal  @default(1) @gte(0)
  size   Int?     @lt(100)
  kind   Kind     @default(SMALL)
  tags   String[]
  data   Json?
  raw    Bytes?
  at     DateTime @default(now())
  big    BigInt   @default(1)
  ratio  Float    @default(0.5)
  open   Boolean  @default(false)
  secret String?  @omit
  @@allow('all', true)
}
enum Kind {
  SMALL
  LARGE @map("large")
}
`

let folder
let server
let ajv

before(async () => {
  folder = await workspace({ 'schema.prisma': SCHEMA })
  const pushed = await run(folder, ['push'])
  assert.equal(pushed.code, 0, pushed.stderr)
  server = await serve(folder)
  const { stdout } = await run(folder, ['generate', 'json-schema'])
  ajv = new Ajv({ strict: true, allowUnionTypes: true })
  addFormats(ajv)
  ajv.addSchema(JSON.parse(stdout), 'app')
})

after(async () => {
  await server?.stop()
  await removeWorkspace(folder)
})

const validates = (definition, value) => ajv.validate(`app#/$defs/${definition}`, value)

function send(body, { method = 'POST', query = '' } = {}) {
  return server.fetch(`Item${query}`, {
    method,
    headers: { 'content-type': 'application/json', prefer: 'return=representation' },
    body: JSON.stringify(body),
  })
}

test('rows are what the document says', async () => {
  const full = { name: 'abc', size: 5, kind: 'large', tags: ['a', 'b'], data: { x: [1] }, raw: '\\x00ff', secret: 's' }
  for (const body of [{ name: 'ab' }, full]) assert.equal((await send(body)).status, 201)
  for (const select of ['', '?select=*,secret']) {
    const rows = await (await server.fetch(`Item${select}`)).json()
    assert.equal(rows.length, 2)
    for (const row of rows) assert.ok(validates('Item', row), JSON.stringify(ajv.errors))
  }
})

test('the server and the document agree on what may be created', async () => {
  const good = { name: 'abc' }
  const cases = [
    [good, true],
    [{}, false],
    [{ ...good, name: 'a' }, false],
    [{ ...good, name: 'abcdef' }, false],
    [{ ...good, name: null }, false],
    [{ ...good, size: null }, true],
    [{ ...good, size: 100 }, false],
    [{ ...good, size: 99 }, true],
    [{ ...good, size: 1.5 }, false],
    [{ ...good, size: 2147483648 }, false],
    [{ ...good, price: -0.01 }, false],
    [{ ...good, kind: 'LARGE' }, false],
    [{ ...good, kind: 'large' }, true],
    [{ ...good, tags: [] }, true],
    [{ ...good, tags: 'x' }, false],
    [{ ...good, raw: 'zz' }, false],
    [{ ...good, at: 'yesterday' }, false],
    [{ ...good, at: '2025-01-31T12:00:00Z' }, true],
    [{ ...good, open: 'maybe' }, false],
    [{ ...good, nme: 'x' }, false],
  ]
  for (const [body, isGood] of cases) {
    assert.equal(validates('ItemCreate', body), isGood, `document: ${JSON.stringify(body)}`)
    assert.equal((await send(body)).ok, isGood, `server: ${JSON.stringify(body)}`)
  }
})

test('an update may say as little as it likes', async () => {
  for (const [body, isGood] of [
    [{ size: 1 }, true],
    [{ name: 'a' }, false],
    [{ name: null }, false],
  ]) {
    assert.equal(validates('ItemUpdate', body), isGood, JSON.stringify(body))
    assert.equal((await send(body, { method: 'PATCH', query: '?id=eq.1' })).ok, isGood, JSON.stringify(body))
  }
})

test('a pattern that only the server can read is left to it', async () => {
  const schema = `model A {\n  id Int @id\n  a String @regex("(?i)^x+$")\n  b String @regex("^[a-z]+$")\n}\n`
  const other = await workspace({ 'schema.prisma': schema })
  const { stdout } = await run(other, ['generate', 'json-schema'])
  const { a, b } = JSON.parse(stdout).$defs.A.properties
  assert.equal(a.allOf, undefined)
  assert.deepEqual(b.allOf, [{ pattern: '^[a-z]+$' }])
  await removeWorkspace(other)
})

test('two definitions of one name are an error', async () => {
  const models = ['Post', 'PostCreate'].map((name) => `model ${name} {\n  id Int @id\n}\n`)
  const other = await workspace({ 'schema.prisma': models.join('') })
  const { code, stdout, stderr } = await run(other, ['generate', 'json-schema'])
  assert.deepEqual({ code, stdout }, { code: 1, stdout: '' })
  assert.match(stderr, /the definition PostCreate would be a model and what creates a Post/)
  await removeWorkspace(other)
})
