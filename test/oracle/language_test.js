// The loader takes what Prisma takes, line by line, on both engines. Where it is
// stricter, the database would have refused the schema or lost something; where
// it is more liberal, we have a meaning for it. Each such difference stands in a
// table.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { FIELDS, INDEXES, MODELS } from './support/lines.js'
import { loadValidator, skip } from './support/prisma.js'

const DELIBERATE = [
  // Only we take it.
  { by: 'us', on: 'sqlite', like: /@db\./, why: 'native types are ignored on SQLite' },
  { by: 'us', on: 'sqlite', like: /\w\[\]/, why: 'lists are JSON on SQLite' },
  { by: 'us', on: 'sqlite', like: /type: \w/, why: 'index types are ignored on SQLite' },
  { by: 'us', on: 'sqlite', like: /@id\(map:|id\], map:/, why: 'SQLite does not tell the names of keys' },
  { by: 'us', like: /Decimal\(10\)/, why: 'the scale may be left out, as in SQL' },
  { by: 'us', like: /@@shardKey/, why: 'it means nothing here' },
  { by: 'us', like: /a_b Int[^]*name: "q"/, why: 'the key has a name of its own' },
  { by: 'us', like: /BigInt @id[^]*aId Int\n/, why: 'integers of two sizes are a warning' },
  { by: 'us', like: /^view /, why: 'keys on views are a warning' },
  // Only Prisma takes it.
  { by: 'them', on: 'sqlite', like: /ops: Int4MinMaxOps/, why: 'the class needs another index type' },
  { by: 'them', like: /(VarChar|Char)\((0|10485761)\)/, why: 'PostgreSQL has no such length' },
  { by: 'them', like: /Unsupported\(""\)/, why: 'a type has a name' },
  { by: 'them', like: /\[\] @default\((uuid|autoincrement)\(/, why: 'a list is no id' },
  { by: 'them', like: /Int @default\(99999999999\)/, why: 'it does not fit in the column' },
  { by: 'them', like: /map\(""\)/, why: 'a name is not empty' },
  { by: 'them', like: /id\(foo: 5\)/, why: 'nothing is dropped in silence' },
  { by: 'them', like: /\[t, id\], type: Hash/, why: 'PostgreSQL has it over one column only' },
  { by: 'them', like: /\[l\], type: Brin/, why: 'PostgreSQL has no class for lists' },
  { by: 'them', like: /sort: Desc\)\], type: Gin/, why: 'PostgreSQL has no sort there' },
  { by: 'them', like: /\[\] @relation\(("x", )?map: "foo"/, why: 'there is no foreign key to name' },
  { by: 'them', like: /^enum E \{[^]*B @map|A @map\("x"\)/, why: 'two values would be one' },
  { by: 'them', on: 'postgresql', like: /@@map\("A"\)/, why: 'a table is a type on PostgreSQL' },
  { by: 'them', like: /map: "B"/, why: 'tables and indexes share names' },
  { by: 'them', on: 'postgresql', like: /a{64}/, why: 'PostgreSQL would cut the name' },
  { by: 'them', like: /fields: \[l\]/, why: 'a list refers to nothing' },
]

const inModel = (line) => `model A {\n  id Int @id\n  ${line}\n}\n`

const inDocuments = (line) => `model A {
  id Int @id
  t String
  l String[]
  j Json
  e E
  i String @db.Inet
  ${line}
}
`

/** The body with what it refers to. */
function complete(body) {
  const needs = (name) => new RegExp(`\\b${name}\\b`).test(body)
  const others = [
    needs('E') && !body.includes('enum E') ? 'enum E {\n  X\n}\n' : '',
    needs('A2') ? 'model A2 {\n  id Int @id\n}\n' : '',
  ]
  return `${body}\n${others.join('')}`
}

const URLS = { sqlite: 'file:x.db', postgresql: 'postgresql://x' }

const withDatasource = (engine, body) => `datasource db {
  provider = "${engine}"
  url      = "${URLS[engine]}"
}
generator client {
  provider        = "x"
  previewFeatures = ["views"]
}
${complete(body)}`

const PROBES = [
  ...FIELDS.map((line) => ({ line, body: inModel(line) })),
  ...INDEXES.map((line) => ({ line, body: inDocuments(line) })),
  ...MODELS.map((body) => ({ line: body, body })),
]

describe('the schema language', { skip }, () => {
  let folder
  let accepts

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tenon-language-'))
    accepts = loadValidator()
  })
  after(() => folder && rm(folder, { recursive: true }))

  /** What is wrong, as the codes of the errors. */
  async function complaints(text, engine, name) {
    const file = join(folder, name)
    await writeFile(file, text)
    const args = ['check', '--json', '--engine', engine, file]
    const stdout = await new Promise((resolve) =>
      execFile(process.env.TENON, args, (_, out) => resolve(out)),
    )
    return JSON.parse(stdout).filter((d) => d.severity === 'error')
  }

  /** Who alone takes the probe, and why the other does not; or null. */
  async function difference({ line, body }, engine, name) {
    const text = withDatasource(engine, body)
    const errors = await complaints(text, engine, name)
    const isOurs = errors.length === 0
    if (isOurs === accepts(text)) return null
    const who = isOurs ? 'us' : 'them'
    const rule = DELIBERATE.find(
      ({ by, on, like }) => by === who && (on ?? engine) === engine && like.test(body),
    )
    return { rule, text: `only by ${who}: ${line} ${JSON.stringify(errors)}` }
  }

  for (const engine of ['sqlite', 'postgresql'])
    test(`is Prisma's, for ${engine}`, async () => {
      const found = []
      for (let i = 0; i < PROBES.length; i += 8) {
        const some = PROBES.slice(i, i + 8)
        const name = (k) => `${engine}-${i + k}.prisma`
        found.push(...(await Promise.all(some.map((p, k) => difference(p, engine, name(k))))))
      }
      const differences = found.filter(Boolean)
      assert.deepEqual(
        differences.filter(({ rule }) => !rule).map(({ text }) => text),
        [],
      )
      const used = new Set(differences.map(({ rule }) => rule))
      const idle = DELIBERATE.filter((rule) => rule.on === engine && !used.has(rule))
      assert.deepEqual(idle.map((rule) => rule.why), [])
    })
})
