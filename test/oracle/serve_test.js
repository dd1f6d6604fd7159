// The applications of the corpus, served on SQLite: one row of every model is
// created, read, listed, updated and deleted over REST, with values made from
// the types alone.

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile, readdir } from 'node:fs/promises'
import { describe, test } from 'node:test'
import { run, serveSchema } from '../e2e/support/tenon.js'

const CORPUS = new URL('../../../shared/corpus/', import.meta.url)
const skip = existsSync(CORPUS) ? false : 'there is no ../shared here'

/** Files that cannot be served on SQLite, and what is said of them. */
const REFUSED = {
  'civitai.prisma': /cannot use autoincrement/,
  'introspected-noalyss.prisma': /cannot use autoincrement/,
  'introspected-odoo.prisma': /SetNull needs an optional foreign key/,
  'prisma-examples-postgis.prisma': /SQLite has no type/,
  'stacker-news.prisma': /SQLite has no type/,
}
const OTHER_ENGINE = /the provider '\w+' is not one that Tenon serves/

/** One value of each type; n makes it another one. */
const VALUES = {
  String: (n) => `text ${n}`,
  Boolean: () => true,
  Int: (n) => n,
  BigInt: (n) => n,
  Float: (n) => n + 0.5,
  Decimal: (n) => n + 0.25,
  DateTime: (n) => `2024-01-01T00:00:${String(n % 60).padStart(2, '0')}+00:00`,
  Json: (n) => ({ n }),
  Bytes: (n) => `\\x${n.toString(16).padStart(8, '0')}`,
}

class Application {
  constructor(server, schema) {
    this.server = server
    this.schema = schema
    this.enums = new Map(schema.enums.map((e) => [e.name, e]))
    this.byName = new Map(schema.models.map((m) => [m.name, m]))
    this.models = schema.models.filter((m) => !m.isView && !m.isIgnored)
    this.rows = new Map() // by model name, in the order of creation
    this.waiting = new Set()
    this.count = 0
  }

  /** One that is served, or undefined. */
  model(name) {
    return this.models.find((m) => m.name === name)
  }

  field(model, name) {
    return model.fields.find((f) => f.name === name)
  }

  /** Whether a row has to have the column: it is required, or a child's is. */
  isNeeded(model, field) {
    const isReferenced = ({ kind, child, parent }) =>
      kind !== 'manyToMany' &&
      parent.model === model.name &&
      child.model !== model.name &&
      parent.columns.includes(field.name) &&
      child.columns.every((c) => !this.field(this.byName.get(child.model), c).isOptional)
    return !field.isOptional || this.schema.relations.some(isReferenced)
  }

  columns(model) {
    return model.fields.filter(
      (f) => f.kind !== 'relation' && f.kind !== 'unsupported' && !f.isIgnored,
    )
  }

  identity(model) {
    const key =
      model.primaryKey ??
      model.uniques.find((u) => u.fields.every(({ name }) => !this.field(model, name).isOptional))
    return key.fields.map(({ name }) => this.field(model, name))
  }

  valueOf(field) {
    const one =
      field.kind === 'enum'
        ? this.enums.get(field.type).values[0].databaseName
        : VALUES[field.type](++this.count)
    return field.isList ? [one] : one
  }

  /** The parents that a row must have, with what its columns say of them. */
  parents(model) {
    return this.schema.relations.filter(
      (r) =>
        r.kind !== 'manyToMany' &&
        r.child.model === model.name &&
        r.child.columns.every((c) => this.isNeeded(model, this.field(model, c))),
    )
  }

  /** Creates a row and, before it, those that it needs. */
  async create(model) {
    if (this.rows.has(model.name)) return this.rows.get(model.name)
    if (this.waiting.has(model.name)) throw new Circle(model.name)
    this.waiting.add(model.name)
    const row = {}
    for (const field of this.columns(model))
      if (this.isNeeded(model, field) && !(field.default && field.isId))
        row[field.column] = this.valueOf(field)
    for (const relation of this.parents(model)) {
      const parentModel = this.model(relation.parent.model)
      if (!parentModel) continue
      // A row may be its own parent.
      const parent = parentModel === model ? row : await this.create(parentModel)
      relation.child.columns.forEach((name, i) => {
        const column = this.field(parentModel, relation.parent.columns[i]).column
        row[this.field(model, name).column] = parent[column]
      })
    }
    const made = await this.ask(model, 'POST', '', row)
    assert.equal(made.length, 1)
    this.rows.set(model.name, made[0])
    this.waiting.delete(model.name)
    return made[0]
  }

  filter(model) {
    const row = this.rows.get(model.name)
    return this.identity(model)
      .map((f) => `${encodeURIComponent(f.column)}=eq.${encodeURIComponent(row[f.column])}`)
      .join('&')
  }

  async ask(model, method, query, body) {
    const response = await this.server.fetch(`${encodeURIComponent(model.table)}?${query}`, {
      method,
      headers: { Prefer: 'return=representation', 'Content-Type': 'application/json' },
      body: body && JSON.stringify(body),
    })
    const text = await response.text()
    assert.ok(response.ok, `${method} ${model.table}?${query} ${JSON.stringify(body)}: ${text}`)
    return JSON.parse(text)
  }

  async exercise(model) {
    const row = this.rows.get(model.name)
    assert.deepEqual(await this.ask(model, 'GET', this.filter(model)), [row])
    assert.deepEqual(await this.ask(model, 'GET', 'limit=10'), [row])
    const field = this.columns(model).find((f) => !f.isUpdatedAt)
    const change = { [field.column]: row[field.column] }
    const [changed] = await this.ask(model, 'PATCH', this.filter(model), change)
    this.rows.set(model.name, changed)
  }

  /** Children first; what a cascade took along is gone already. */
  async remove(model) {
    await this.ask(model, 'DELETE', this.filter(model))
    assert.deepEqual(await this.ask(model, 'GET', this.filter(model)), [])
  }
}

/** Rows that need each other can only be made without checks in between. */
class Circle extends Error {}

async function exerciseAll(application) {
  const circular = []
  for (const model of application.models) {
    try {
      await application.create(model)
    } catch (error) {
      if (!(error instanceof Circle)) throw error
      circular.push(model.name)
      application.waiting.clear()
    }
  }
  const made = [...application.rows.keys()].map((name) => application.model(name))
  for (const model of made) await application.exercise(model)
  for (const model of made.reverse()) await application.remove(model)
  return { made: made.length, circular }
}

const opened = (text) => text.replace(/^(model\s+\w+\s*\{)/gm, "$1\n  @@allow('all', true)")

describe('applications on SQLite', { skip, concurrency: 4 }, async () => {
  const files = skip ? [] : (await readdir(CORPUS)).filter((f) => f.endsWith('.prisma'))
  for (const file of files) {
    test(file, async (t) => {
      const text = opened(await readFile(new URL(file, CORPUS), 'utf8'))
      let server
      try {
        server = await serveSchema(text)
      } catch (error) {
        const expected = REFUSED[file] ?? OTHER_ENGINE
        assert.match(error.message, expected)
        t.diagnostic(`refused: ${expected.exec(error.message)[0]}`)
        return
      }
      t.after(() => server.close())
      assert.equal(REFUSED[file], undefined, 'it is served after all')
      const dump = await run(server.folder, [
        ...['schema', 'dump', '--json'],
        ...['--schema', 'schema.prisma', '--database', 'file:app.db'],
      ])
      const application = new Application(server, JSON.parse(dump.stdout))
      const { made, circular } = await exerciseAll(application)
      t.diagnostic(`${made} models${circular.length ? `, in a circle: ${circular}` : ''}`)
      assert.ok(made > 0)
    })
  }
})
