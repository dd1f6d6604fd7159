// Every application of the corpus, opened to everybody and served: one row of
// each model is created, read, listed, updated and deleted through REST, with
// values made from the types alone.

import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { test } from 'node:test'

import { ENGINE, createDatabase, removeWorkspace, run, serve, skip, workspace } from '../e2e/support/tenon.js'

const CORPUS = resolve(import.meta.dirname, '../../../shared/corpus')
const files = await readdir(CORPUS).catch(() => [])
const schemas = files.filter((name) => name.endsWith('.prisma'))

/** What an engine has not, by file. */
const REFUSED = {
  sqlite: {
    'prisma-examples-postgis.prisma': /SQLite has no type '"public".geography'/,
    'stacker-news.prisma': /SQLite has no type 'ltree'/,
  },
  // Extensions that Debian's postgresql package does not bring, and a domain
  // that the application's own migrations make.
  postgresql: {
    'formbricks.prisma': /extension "vector" is not available/,
    'prisma-examples-postgis.prisma': /type "public.geography" does not exist/,
    'stacker-news.prisma': /type "ipaddress" does not exist/,
  },
}[ENGINE]

// All take a minute or two on PostgreSQL: with TENON_TEST_CORPUS=all.
const EVERY = ENGINE === 'postgresql' && process.env.TENON_TEST_CORPUS !== 'all' ? 3 : 1

const isServed = (text) => /provider\s*=\s*"(sqlite|postgres|postgresql)"/.test(text)

/** Every model and view gets a rule that opens it. */
const opened = (text) =>
  text.replace(/^((?:model|view)\s+\w+\s*\{)([\s\S]*?)^\}/gm, (_, head, body) => `${head}${body}\n  @@allow('all', true)\n}`)

// What the applications expect to be in their database.
const EXTENSIONS = ['citext', 'ltree', 'pg_trgm', 'pgcrypto', 'uuid-ossp']

let serial = 0

const MAKERS = {
  String: () => `x${++serial}`,
  Boolean: () => true,
  Int: () => ++serial,
  BigInt: () => ++serial,
  Float: () => 1.5,
  Decimal: () => 1.25,
  DateTime: () => '2025-01-31T12:00:00+00:00',
  Json: () => ({ a: [1, null] }),
  Bytes: () => '\\x00ff',
}

/** What PostgreSQL demands of a column, by its type. */
const short = (length = 40) => String(++serial).padStart(length, '0').slice(-length)
const NATIVE_MAKERS = {
  Char: (length = 1) => short(length),
  VarChar: (length) => short(length),
  Uuid: () => `00000000-0000-4000-8000-${String(++serial).padStart(12, '0')}`,
}

class App {
  constructor(schema, server) {
    this.server = server
    this.models = new Map(schema.models.filter((m) => !m.isIgnored).map((m) => [m.name, m]))
    this.enums = new Map(schema.enums.map((e) => [e.name, e]))
    this.keys = schema.relations.filter((r) => r.kind !== 'manyToMany')
    this.rows = new Map() // model name to its row
    this.order = []
  }

  scalar({ type, nativeType }) {
    const make = (ENGINE === 'postgresql' && NATIVE_MAKERS[nativeType?.name]) || MAKERS[type]
    return make(...(nativeType?.parameters ?? []))
  }

  value(field) {
    const one = field.kind === 'enum' ? this.enums.get(field.type).values[0].databaseName : this.scalar(field)
    return field.isList ? [one] : one
  }

  /** The foreign keys of a model whose columns cannot be null, or are referred to. */
  parents(model, referred) {
    const isNeeded = (name) => referred.includes(name) || !model.fields.find((f) => f.name === name).isOptional
    return this.keys.filter((r) => r.child.model === model.name && r.child.columns.every(isNeeded))
  }

  /** A row with all required values, and those of its parents. */
  async make(model, path = []) {
    if (this.rows.has(model.name)) return this.rows.get(model.name)
    assert.ok(!path.includes(model.name), `rows that need each other: ${path}`)
    const row = {}
    const referred = this.keys.flatMap((r) => (r.parent.model === model.name ? r.parent.columns : []))
    for (const f of model.fields) {
      const isColumn = f.kind === 'scalar' || f.kind === 'enum'
      const isNeeded = !f.isOptional || referred.includes(f.name)
      // What the database counts, it counts.
      const isCounted = f.default?.function === 'autoincrement'
      if (isColumn && !f.isIgnored && isNeeded && !isCounted) row[f.column] = this.value(f)
    }
    for (const r of this.parents(model, referred)) {
      const isSelf = r.parent.model === model.name
      const parentModel = this.models.get(r.parent.model)
      const parent = isSelf ? row : await this.make(parentModel, [...path, model.name])
      r.child.columns.forEach((name, i) => {
        const to = model.fields.find((f) => f.name === name)
        const from = parentModel.fields.find((f) => f.name === r.parent.columns[i])
        row[to.column] = parent[from.column]
      })
    }
    const [made] = await this.ask(model, 'POST', '', row)
    this.rows.set(model.name, made)
    this.order.push(model)
    return made
  }

  async ask(model, method, query, body) {
    const response = await this.server.fetch(`${encodeURIComponent(model.table)}${query}`, {
      method,
      headers: { 'content-type': 'application/json', prefer: 'return=representation' },
      body: body && JSON.stringify(body),
    })
    const text = await response.text()
    assert.ok(response.ok, `${method} ${model.name}${query}: ${text} of ${JSON.stringify(body)}`)
    return JSON.parse(text)
  }

  /** The query that finds the row. */
  filter(model, row) {
    const key = model.primaryKey ?? model.uniques.find((k) => k.fields.every(({ name }) => !model.fields.find((f) => f.name === name).isOptional))
    const terms = key.fields.map(({ name }) => {
      const { column } = model.fields.find((f) => f.name === name)
      return `${encodeURIComponent(column)}=eq.${encodeURIComponent(row[column])}`
    })
    return `?${terms.join('&')}`
  }

  /** A column to write that is no part of a key. */
  plainColumn(model) {
    const taken = new Set(this.keys.flatMap((r) => (r.child.model === model.name ? r.child.columns : [])))
    for (const k of [model.primaryKey, ...(model.uniques ?? [])]) k?.fields.forEach(({ name }) => taken.add(name))
    return model.fields.find((f) => f.kind === 'scalar' && !taken.has(f.name) && !f.isIgnored && !f.isUpdatedAt)
  }

  async roundTrip() {
    const tables = [...this.models.values()].filter((m) => !m.isView)
    for (const model of tables) await this.make(model)
    for (const model of tables) {
      const row = this.rows.get(model.name)
      assert.deepEqual(await this.ask(model, 'GET', this.filter(model, row)), [row])
      assert.deepEqual(await this.ask(model, 'GET', '?limit=10'), [row])
      const column = this.plainColumn(model)
      if (column === undefined) continue
      const changed = this.value(column)
      const [updated] = await this.ask(model, 'PATCH', this.filter(model, row), { [column.column]: changed })
      if (!['DateTime', 'Bytes'].includes(column.type)) assert.deepEqual(updated[column.column], changed, column.name)
    }
    for (const model of this.order.toReversed()) {
      await this.ask(model, 'DELETE', this.filter(model, this.rows.get(model.name)))
      assert.deepEqual(await this.ask(model, 'GET', ''), [])
    }
    return tables.length
  }
}

test('the corpus is there', { skip: schemas.length === 0 && '../shared/corpus is not there' }, () => {
  assert.ok(schemas.length > 50)
})

for (const name of schemas.filter((_, i) => i % EVERY === 0)) {
  const text = await readFile(join(CORPUS, name), 'utf8')
  if (!isServed(text)) continue
  test(`serves ${name}`, { skip }, async (t) => {
    const folder = await workspace({ 'schema.prisma': opened(text) })
    t.after(() => removeWorkspace(folder))
    const database = await createDatabase(ENGINE)
    t.after(() => database.drop())
    await database.run?.(EXTENSIONS.map((each) => `CREATE EXTENSION IF NOT EXISTS "${each}";`).join('\n'))
    const place = ['--database', database.url]
    const pushed = await run(folder, ['push', ...place])
    if (REFUSED[name] !== undefined) {
      assert.equal(pushed.code, 1)
      assert.match(pushed.stderr, REFUSED[name])
      return
    }
    assert.equal(pushed.code, 0, pushed.stderr)
    const dump = await run(folder, ['schema', 'dump', '--json', ...place])
    const server = await serve(folder, place)
    t.after(() => server.stop())
    await new App(JSON.parse(dump.stdout), server).roundTrip()
  })
}
