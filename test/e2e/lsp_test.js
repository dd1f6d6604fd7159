// `tenon lsp`, driven as an editor drives it.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { pathToFileURL } from 'node:url'

import { applyEdits, Editor } from './support/editor.js'
import { BINARY, removeWorkspace, workspace } from './support/tenon.js'

let editor
let count = 0
const fresh = () => `file:///app/schema%20${count++}.prisma`

before(async () => (editor = await Editor.start()))
after(async () => assert.equal(await editor.stop(), 0))

const BLOG = `/// A person who writes.
model User {
  id    Int    @id
  posts Post[]
}

model Post {
  id       Int  @id
  author   User @relation(fields: [authorId], references: [id])
  authorId Int
  kind     Kind @default(DRAFT)

  @@index([authorId])
  @@allow('read', author.id == 1)
}

enum Kind {
  DRAFT
  PUBLIC
}
`

/** The demo text with a | before the nth occurrence of the word. */
function mark(word, nth = 1) {
  let at = -1
  for (let i = 0; i < nth; i++) at = BLOG.indexOf(word, at + 1)
  assert.ok(at >= 0)
  return `${BLOG.slice(0, at)}|${BLOG.slice(at)}`
}

const labels = (items) => items.map((item) => item.label)

test('says what it can do', () => {
  const { capabilities } = editor.server
  assert.equal(capabilities.positionEncoding, 'utf-16')
  for (const name of ['hover', 'definition', 'references', 'documentFormatting', 'documentSymbol']) {
    assert.equal(capabilities[`${name}Provider`], true, name)
  }
})

test('publishes diagnostics at once, and when they are gone', async () => {
  const uri = fresh()
  editor.open(uri, 'model A {\n  id Int @id\n  näme Strng // 😀\n}\n')
  const [problem, ...others] = (await editor.problems(uri)).filter((d) => d.severity === 1)
  assert.deepEqual(others, [])
  assert.deepEqual(problem.range, { start: { line: 2, character: 7 }, end: { line: 2, character: 12 } })
  assert.equal(problem.code, 'E0401')
  assert.equal(problem.source, 'tenon')
  assert.match(problem.message, /unknown type 'Strng'\ndid you mean 'String'\?/)

  editor.change(uri, "model A {\n  id Int @id\n  @@allow('all', true)\n}\n")
  assert.deepEqual(await editor.problems(uri), [])
})

test('a diagnostic tells the other places that play a part', async () => {
  const uri = fresh()
  editor.open(uri, 'model A {\n  id Int @id\n}\nmodel A {\n  id Int @id\n}\n')
  const problem = (await editor.problems(uri)).find((d) => d.code === 'E0301')
  assert.equal(problem.relatedInformation.length, 1)
  assert.equal(problem.relatedInformation[0].location.uri, uri)
})

test('goes from a name to its declaration', async () => {
  const cases = [
    ['User @relation', 1, 1], // a type
    ['authorId]', 1, 9], // fields: [authorId]
    ['id])', 1, 2], // references: [id]
    ['DRAFT)', 1, 17], // a default
    ['authorId])\n', 1, 9], // an index
    ['id == 1', 1, 2], // a condition, over a relation
  ]
  for (const [word, nth, line] of cases) {
    const place = editor.open(fresh(), mark(word, nth))
    const found = await editor.ask('textDocument/definition', place)
    assert.equal(found?.range.start.line, line, word)
  }
})

test('finds all places where a name is used', async () => {
  const place = editor.open(fresh(), mark('authorId Int'))
  const lines = async (includeDeclaration) => {
    const found = await editor.ask('textDocument/references', { ...place, context: { includeDeclaration } })
    return found.map((location) => location.range.start.line).sort((a, b) => a - b)
  }
  assert.deepEqual(await lines(true), [8, 9, 12])
  assert.deepEqual(await lines(false), [8, 12])
})

test('renames a model in all its places, and the table keeps its name', async () => {
  const uri = fresh()
  const place = editor.open(uri, mark('User {'))
  const edit = await editor.ask('textDocument/rename', { ...place, newName: 'Person' })
  const text = applyEdits(BLOG, edit.changes[uri])
  assert.match(text, /model Person \{[^}]*@@map\("User"\)\n\}/)
  assert.match(text, /author {3}Person @relation/)
  editor.change(uri, text)
  assert.deepEqual((await editor.problems(uri)).filter((d) => d.severity === 1), [])
})

test('renames a field with its column kept, and a relation without', async () => {
  const uri = fresh()
  const column = editor.open(uri, mark('authorId Int'))
  const { changes } = await editor.ask('textDocument/rename', { ...column, newName: 'writerId' })
  const text = applyEdits(BLOG, changes[uri])
  assert.match(text, /writerId Int @map\("authorId"\)/)
  assert.match(text, /fields: \[writerId\]/)
  assert.match(text, /@@index\(\[writerId\]\)/)

  const relation = editor.open(uri, mark('author   User'))
  const renamed = await editor.ask('textDocument/rename', { ...relation, newName: 'writer' })
  assert.match(applyEdits(BLOG, renamed.changes[uri]), /writer {3}User @relation\(fields: \[authorId\]/)
  assert.doesNotMatch(applyEdits(BLOG, renamed.changes[uri]), /@map/)
})

test('refuses a new name that is none, and names that are no names', async () => {
  const place = editor.open(fresh(), mark('User {'))
  const { error } = await editor.answer('textDocument/rename', { ...place, newName: '1st' })
  assert.equal(error.message, "'1st' is no name: a letter or _, then letters, digits and _")
  const nowhere = editor.open(fresh(), mark('@id'))
  assert.equal(await editor.ask('textDocument/prepareRename', nowhere), null)
})

/** What becomes of a marked text, and that the result has no mistakes. */
async function rename(marked, newName) {
  const uri = fresh()
  const place = editor.open(uri, marked)
  const { result, error } = await editor.answer('textDocument/rename', { ...place, newName })
  if (error) return error.message
  const text = applyEdits(marked.replace('|', ''), result.changes[uri])
  editor.change(uri, text)
  assert.deepEqual((await editor.problems(uri)).filter((d) => d.severity === 1), [], text)
  return text
}

test('renames the values of enums in defaults and conditions', async () => {
  const text = await rename(
    `enum Kind {\n  DR|AFT\n  PUBLIC\n}\nmodel Post {\n  id Int @id\n  kind Kind @default(DRAFT)\n  kinds Kind[]
  @@allow('read', kind == DRAFT || kind in [DRAFT, PUBLIC] || has(kinds, DRAFT))\n}\n`,
    'NEW',
  )
  assert.equal(text.match(/DRAFT/g).length, 1)
  assert.match(text, /NEW @map\("DRAFT"\)/)
})

test('renames the fields of mixins, and of rows around a predicate', async () => {
  const mixin = await rename("type Dated {\n  at| DateTime\n}\nmodel A with Dated {\n  id Int @id\n  @@index([at])\n}\n", 'born')
  assert.match(mixin, /born DateTime @map\("at"\)/)
  assert.match(mixin, /@@index\(\[born\]\)/)
  const outer = await rename(
    `model A {\n  id Int @id\n  x| Int\n  bs B[]\n  @@allow('read', bs?[b, x == b.y && this.x == y])\n}
model B {\n  y Int @id\n  a A? @relation(fields: [aId], references: [id])\n  aId Int?\n}\n`,
    'größe',
  )
  assert.match(outer, /bs\?\[b, größe == b\.y && this\.größe == y\]/)
})

test('refuses names that are taken', async () => {
  assert.equal(await rename(mark('authorId Int'), 'kind'), "there is a 'kind' already")
  assert.equal(await rename(mark('Post {'), 'User'), "there is a 'User' already")
  assert.equal(await rename(mark('Post {'), 'DateTime'), "there is a 'DateTime' already")
})

test('what auth() is stays what it was', async () => {
  const text = await rename("model U|ser {\n  id Int @id\n  @@allow('read', auth().id == id)\n}\n", 'Person')
  assert.match(text, /model Person \{[^}]*@@map\("User"\)[^}]*@@auth/)
})

test('an abstract model has no table to keep', async () => {
  assert.doesNotMatch(await rename('abstract model Ba|se {\n  id Int @id\n}\nmodel A extends Base {\n}\n', 'Root'), /@@map/)
})

test('a join table keeps its name, and its columns their order', async () => {
  const tagged = 'model Po|st {\n  id Int @id\n  tags Tag[]\n}\nmodel Tag {\n  id Int @id\n  posts Post[]\n}\n'
  const text = await rename(tagged, 'Item')
  assert.match(text, /tags Tag\[\] @relation\("PostToTag"\)/)
  assert.match(text, /posts Item\[\] @relation\("PostToTag"\)/)
  assert.match(await rename(tagged, 'Word'), /would swap the columns of the table _PostToTag/)
})

test('explains names with their comments, and words of the language', async () => {
  const hover = async (word) => (await editor.ask('textDocument/hover', editor.open(fresh(), mark(word))))?.contents.value
  assert.match(await hover('User @relation'), /model User \{[\s\S]*A person who writes\./)
  assert.match(await hover('Int  @id'), /whole number of 32 bits/)
  assert.match(await hover('index('), /@@index\(\[a, b\]\)/)
  assert.equal(await hover('== 1'), undefined)
})

test('completes what may stand there', async () => {
  const complete = async (marked) =>
    labels(await editor.ask('textDocument/completion', editor.open(fresh(), `${BLOG}${marked}`)))
  const has = (list, ...words) => words.forEach((word) => assert.ok(list.includes(word), `${word} in ${list}`))

  has(await complete('|'), 'model', 'enum')
  const types = await complete('model A {\n  x |')
  has(types, 'String', 'Post', 'Kind')
  assert.ok(!types.includes('id'))
  has(await complete('model A {\n  x Int @|'), 'id', 'default', 'gte')
  has(await complete('model A {\n  x Int\n  @@|'), 'index', 'allow', 'audit')
  const numbers = await complete('model A {\n  x Int @db.|')
  assert.deepEqual(numbers, ['SmallInt', 'Integer', 'Oid'])
  has(await complete('model A {\n  x Kind @default(|'), 'DRAFT', 'PUBLIC')
  has(await complete('model A {\n  x User @relation(|'), 'fields', 'onDelete')
  assert.deepEqual(await complete('model A {\n  x User @relation(fields: [|'), ['x'])
  assert.deepEqual(await complete('model A {\n  x User @relation(references: [|'), ['id', 'posts'])
  has(await complete('model A {\n  x User @relation(onDelete: |'), 'Cascade', 'SetNull')
  has(await complete("model A {\n  x Int\n  @@allow('read', |"), 'auth', 'x')
  const model = 'model A {\n  x Int\n  user User\n  kind Kind\n'
  for (const path of ['user', 'this.user', 'auth()'])
    assert.deepEqual(await complete(`${model}  @@allow('read', ${path}.|`), ['id', 'posts'], path)
  assert.deepEqual(await complete(`${model}  @@allow('read', unknown.|`), [])
  assert.deepEqual((await complete(`${model}  @@allow('read', kind == |`)).slice(0, 2), ['DRAFT', 'PUBLIC'])
  assert.deepEqual(await complete(`${model}  @@allow('|`), [])
  has(await complete('datasource db {\n  |'), 'provider', 'relationMode')
  assert.deepEqual(await complete('datasource db {\n  provider = |'), [])
  assert.deepEqual(await complete('enum E {\n  A @|'), ['map'])
  assert.deepEqual(await complete('// |'), [])
  assert.deepEqual(await complete('model |'), [])
})

test('formats a document, and leaves one with mistakes alone', async () => {
  const uri = fresh()
  const text = 'model A {\nid Int @id\n  name   String?\n}\n'
  editor.open(uri, text)
  const params = { textDocument: { uri }, options: { tabSize: 2, insertSpaces: true } }
  const edits = await editor.ask('textDocument/formatting', params)
  assert.equal(applyEdits(text, edits), 'model A {\n  id   Int     @id\n  name String?\n}\n')
  editor.change(uri, 'model A {\nid Int @id(\n')
  assert.deepEqual(await editor.ask('textDocument/formatting', params), [])
})

test('lists the blocks of a document', async () => {
  const uri = fresh()
  editor.open(uri, BLOG)
  const outline = await editor.ask('textDocument/documentSymbol', { textDocument: { uri } })
  assert.deepEqual(outline.map((item) => item.name), ['User', 'Post', 'Kind'])
  assert.deepEqual(outline[2].children.map((item) => item.name), ['DRAFT', 'PUBLIC'])
})

test('counts bytes with an editor that can', async () => {
  const other = await Editor.start({ general: { positionEncodings: ['utf-8', 'utf-16'] } })
  assert.equal(other.server.capabilities.positionEncoding, 'utf-8')
  const uri = fresh()
  other.open(uri, 'model A {\n  id Int @id\n  näme Strng\n}\n')
  const problem = (await other.problems(uri)).find((d) => d.code === 'E0401')
  assert.equal(problem.range.start.character, 8)
  assert.equal(await other.stop(), 0)
})

test('answers what it does not know, and survives nonsense', async () => {
  const { error } = await editor.answer('textDocument/dance', {})
  assert.equal(error.code, -32601)
  const missing = await editor.answer('textDocument/hover', {})
  assert.equal(missing.error.code, -32602)
  const closed = await editor.answer('textDocument/hover', {
    textDocument: { uri: 'file:///nowhere' },
    position: { line: 0, character: 0 },
  })
  assert.match(closed.error.message, /file:\/\/\/nowhere is not open/)
  editor.child.stdin.write('Content-Length: 3\r\n\r\n{]}')
  const uri = fresh()
  editor.open(uri, BLOG)
  assert.ok(await editor.problems(uri))
})

test('a document may be larger than a schema, or lie where a folder is', async (t) => {
  const position = { line: 1, character: 3 }
  const ask = (method, uri) => editor.ask(`textDocument/${method}`, { textDocument: { uri }, position })
  const large = fresh()
  editor.open(large, `model A {\n  id Int @id\n}\n//${' '.repeat(16 << 20)}`)
  for (const method of ['completion', 'hover', 'formatting']) await ask(method, large)
  editor.tell('textDocument/didClose', { textDocument: { uri: large } })

  const app = await workspace({ 'a.prisma': 'model B {\n  id Int @id\n}\n' })
  t.after(() => removeWorkspace(app))
  const place = pathToFileURL(app).href
  editor.open(place, 'model A {\n  id Int @id\n}\n')
  assert.match((await ask('hover', place)).contents.value, /id Int @id/)
  editor.tell('textDocument/didClose', { textDocument: { uri: place } })
})

test('a closed document has no diagnostics', async () => {
  const uri = fresh()
  editor.open(uri, 'model A {\n}\n')
  assert.notEqual((await editor.problems(uri)).length, 0)
  editor.tell('textDocument/didClose', { textDocument: { uri } })
  const other = fresh()
  editor.open(other, BLOG)
  await editor.problems(other)
  assert.deepEqual(editor.diagnostics.get(uri), [])
})

test('takes the files of a schema together, with what is not saved yet', async (t) => {
  const app = await workspace({})
  t.after(() => removeWorkspace(app))
  await mkdir(join(app, 'schema/models'), { recursive: true })
  const write = (name, text) => writeFile(join(app, 'schema', name), text)
  await write('main.prisma', 'datasource db {\n  provider = "sqlite"\n}\n')
  await write('models/user.prisma', "model User {\n  id Int @id\n  posts Post[]\n  @@allow('all', true)\n}\n")
  const post = (type) =>
    `model Post {\n  id Int @id\n  user ${type} @relation(fields: [userId], references: [id])\n  userId Int\n  @@allow('all', true)\n}\n`
  await write('models/post.prisma', post('Nobody'))

  const other = await Editor.start({}, pathToFileURL(app).href)
  const uri = (name) => pathToFileURL(join(app, 'schema/models', name)).href
  other.open(uri('user.prisma'), "model User {\n  id Int @id\n  posts Post[]\n  @@allow('all', true)\n}\n")
  const before = await other.problems(uri('user.prisma'))
  assert.deepEqual(before.map((d) => d.code), [], 'the mistake is in the other file')
  const place = other.open(uri('post.prisma'), post('|User'))
  assert.deepEqual(await other.problems(uri('post.prisma')), [])
  const declared = await other.ask('textDocument/definition', place)
  assert.equal(declared.uri, uri('user.prisma'))

  const edit = await other.ask('textDocument/rename', { ...place, newName: 'Person' })
  assert.deepEqual(Object.keys(edit.changes).sort(), [
    uri('post.prisma'),
    uri('user.prisma'),
  ])
  assert.equal(await other.stop(), 0)
})

test('a folder with several schemas is none', async (t) => {
  const app = await workspace({})
  t.after(() => removeWorkspace(app))
  const text = `datasource db {\n  provider = "sqlite"\n}\nmodel A {\n  id Int @id\n  @@allow('all', true)\n}\n`
  await mkdir(join(app, 'examples/blog'), { recursive: true })
  await writeFile(join(app, 'examples/blog/schema.prisma'), text)
  const uri = pathToFileURL(join(app, 'examples/schema.prisma')).href
  await writeFile(join(app, 'examples/schema.prisma'), text)
  editor.open(uri, text)
  assert.deepEqual(await editor.problems(uri), [])
})

test('an exit without a shutdown, or no protocol at all, is an error', async () => {
  const start = () => spawn(BINARY, ['lsp'], { stdio: ['pipe', 'ignore', 'pipe'] })
  const abrupt = start()
  const exit = '{"jsonrpc":"2.0","method":"exit"}'
  abrupt.stdin.end(`Content-Length: ${exit.length}\r\n\r\n${exit}`)
  assert.equal((await once(abrupt, 'close'))[0], 1)

  const browser = start()
  let said = ''
  browser.stderr.setEncoding('utf8').on('data', (text) => (said += text))
  browser.stdin.end('GET / HTTP/1.1\r\n\r\n')
  assert.equal((await once(browser, 'close'))[0], 1)
  assert.match(said, /not the protocol of editors/)
})
