// A random schema and rows for it.
//
//   world = { models, links, schema, rows }, and counts for names
//   model = { name, table, columns: [{ name, type, isList, isOptional }] }
//   link  = { name, kind, from, to, ... }: from rows of one model to another's
//
// Models have an Int id, a computed field, and a function that returns rows of
// them. A link is written in a select as link.target, such as `m1!m1_p0_fkey`,
// so that it is never ambiguous.

import { randomType, randomValue, typeInSchema } from './values.js'

/** What a computed field is, as SQL and in JavaScript. */
const COMPUTED = [
  { sql: ':row.id * 2', compute: (row) => row.id * 2 },
  { sql: 'CASE WHEN :row.id > 3 THEN :row.id END', compute: (row) => (row.id > 3 ? row.id : null) },
]

function makeColumn(r, n) {
  const type = randomType(r)
  return { name: `c${n}`, ...type, isOptional: !type.isList && r.once(2) }
}

function makeModels(r) {
  return r.times(2 + r.below(3), (i) => ({
    name: `M${i}`,
    table: `m${i}`,
    rowsFunction: `m${i}_from`,
    columns: [
      { name: 'id', type: 'Int', isList: false, isOptional: false },
      { name: `made_${i}`, type: 'Int', isList: false, isOptional: true, computed: r.pick(COMPUTED) },
      ...r.times(1 + r.below(5), (n) => makeColumn(r, n)),
    ],
    relations: [],
  }))
}

/** A foreign key of the child; makes the links of both directions. */
function relate(world, child, parent, { isOptional, isUnique }) {
  const n = world.relationCount++
  const column = `p${n}`
  const constraint = `${child.table}_${column}_fkey`
  const mark = isOptional ? '?' : ''
  child.columns.push({ name: column, type: 'Int', isList: false, isOptional, parent, isUnique })
  child.relations.push(
    `r${n} ${parent.name}${mark} @relation("R${n}", fields: [${column}], references: [id], onDelete: Cascade, onUpdate: Cascade)`,
  )
  parent.relations.push(`b${n} ${child.name}${isUnique ? '?' : '[]'} @relation("R${n}")`)
  world.links.push(
    { kind: 'parent', from: child, to: parent, column, isToOne: true, target: column },
    { kind: 'child', from: parent, to: child, column, isToOne: isUnique, target: `${child.table}!${constraint}` },
  )
}

/** An implicit many-to-many relation: its rows are in a table of their own. */
function join(world, a, b) {
  const name = `J${world.relationCount++}`
  a.relations.push(`${name.toLowerCase()} ${b.name}[] @relation("${name}")`)
  b.relations.push(`${name.toLowerCase()} ${a.name}[] @relation("${name}")`)
  const table = `_${name}`
  world.joins.push({ table, a, b, pairs: [] })
  const pairs = world.joins.at(-1)
  world.links.push(
    { kind: 'join', from: a, to: b, pairs, mine: 0, isToOne: false, target: `${b.table}!${table}` },
    { kind: 'join', from: b, to: a, pairs, mine: 1, isToOne: false, target: `${a.table}!${table}` },
  )
}

/** Those that are in the table. */
export const storedColumns = (model) => model.columns.filter((c) => c.computed === undefined)

function describe(model) {
  const columns = storedColumns(model).map((c) => {
    const attributes = c.name === 'id' ? ' @id' : c.isUnique ? ' @unique' : ''
    return `  ${c.name} ${typeInSchema(c)}${c.isOptional ? '?' : ''}${attributes}`
  })
  const relations = model.relations.map((line) => `  ${line}`)
  return [
    `model ${model.name} {`,
    ...columns,
    ...relations,
    `  @@map("${model.table}")`,
    `  @@allow('all', true)`,
    '}',
  ].join('\n')
}

function describeFunctions(model) {
  const { name, computed } = model.columns.find((c) => c.computed)
  return [
    `function ${name} returns Int? {`,
    `  row ${model.name}`,
    `  @@sql("SELECT ${computed.sql}")`,
    '  @@immutable',
    "  @@allow('call', true)",
    '}',
    '',
    `function ${model.rowsFunction} returns ${model.name}[] {`,
    '  least Int',
    `  @@sql("SELECT * FROM ${model.table} WHERE id >= :least")`,
    '  @@stable',
    "  @@allow('call', true)",
    '}',
  ].join('\n')
}

/** The row with what is computed from it. */
export function complete(model, row) {
  for (const { name, computed } of model.columns) if (computed) row[name] = computed.compute(row)
  return row
}

/** Of a unique column, each parent once. Null: there is none left. */
export function makeRow(r, world, model, id) {
  const row = {}
  for (const column of storedColumns(model)) {
    if (column.name === 'id') {
      row.id = id
    } else if (column.parent === undefined) {
      row[column.name] = randomValue(r, column)
    } else {
      const taken = new Set(world.rows.get(model).map((other) => other[column.name]))
      const parents = column.parent === model ? world.rows.get(model) : world.rows.get(column.parent)
      const free = parents.map((p) => p.id).filter((p) => !column.isUnique || !taken.has(p))
      const isNull = column.isOptional && (free.length === 0 || r.once(4))
      if (!isNull && free.length === 0) return null
      row[column.name] = isNull ? null : r.pick(free)
    }
  }
  return complete(model, row)
}

/** Parents come before their children in models; a model may lead to itself. */
export function makeWorld(r) {
  const models = makeModels(r)
  const world = { models, links: [], joins: [], relationCount: 0, aliasCount: 0, rows: new Map() }
  for (let i = 1; i < models.length; i++) {
    relate(world, models[i], models[r.below(i)], { isOptional: r.once(2), isUnique: r.once(4) })
  }
  if (r.once(2)) {
    const itself = r.pick(models)
    relate(world, itself, itself, { isOptional: true, isUnique: false })
  }
  if (r.once(2)) join(world, models[0], models[1])
  const blocks = [...models.map(describe), ...models.map(describeFunctions)]
  world.schema = `enum Color { RED GREEN BLUE }\n\n${blocks.join('\n\n')}\n`

  for (const model of models) {
    world.rows.set(model, [])
    for (let id = 1; id <= 3 + r.below(12); id++) {
      const row = makeRow(r, world, model, id)
      if (row !== null) world.rows.get(model).push(row)
    }
  }
  for (const { a, b, pairs } of world.joins) {
    for (const x of world.rows.get(a))
      for (const y of world.rows.get(b)) if (r.once(3)) pairs.push([x.id, y.id])
  }
  return world
}

/** The rows that the link leads to from a row. */
export function follow(world, link, row) {
  const targets = world.rows.get(link.to)
  switch (link.kind) {
    case 'parent':
      return targets.filter((t) => t.id === row[link.column])
    case 'child':
      return targets.filter((t) => t[link.column] === row.id)
    case 'join': {
      const ids = link.pairs.pairs.filter((p) => p[link.mine] === row.id).map((p) => p[1 - link.mine])
      return targets.filter((t) => ids.includes(t.id))
    }
  }
}
