// A random schema and rows for it.
//
//   world = { models, links, schema, rows }, and counts for names
//   model = { name, table, columns: [{ name, type, isOptional }] }
//   link  = { name, kind, from, to, ... }: from rows of one model to another's
//
// Models have an Int id. A link is written in a select as link.target, such as
// `m1!m1_p0_fkey`, so that it is never ambiguous.

/** What is stored: few values, so that rows are often equal. Text sorts by code
 * point, and its letters need escapes of all kinds. */
const VALUES = {
  Int: (r) => r.pick([0, 1, -1, 2, 7, 42, 2147483647, -2147483648]),
  BigInt: (r) => r.pick([0, 5, -5, 9007199254740991, -9007199254740991]),
  Float: (r) => r.pick([0, 0.1, -1.5, 1e10, 2.5e-7, 100]),
  Decimal: (r) => r.pick([0, 0.1, -2.5, 1234.56, 10, 99999.99]),
  Boolean: (r) => r.once(2),
  DateTime: (r) =>
    r.pick([
      '2024-01-01T00:00:00+00:00',
      '2024-02-29T23:59:59.999+00:00',
      '1969-12-31T12:00:00.5+00:00',
      '2030-06-15T08:30:00+00:00',
    ]),
  String: (r) =>
    r.pick(['', 'a', 'A', 'ab', 'b_c', '50%', 'Zoë', 'x,y', 'q"u', '(p)', 'a.b', 'null', '日本', '🙂', 'b\\s', '{c}']),
  Color: (r) => r.pick(['RED', 'GREEN', 'BLUE']),
}

export const TYPES = Object.keys(VALUES)

/** A value of the type; null now and then where it may be. */
export function randomValue(r, column) {
  return column.isOptional && r.once(4) ? null : VALUES[column.type](r)
}

function makeModels(r) {
  return r.times(2 + r.below(3), (i) => ({
    name: `M${i}`,
    table: `m${i}`,
    columns: [
      { name: 'id', type: 'Int', isOptional: false },
      ...r.times(1 + r.below(5), (n) => ({
        name: `c${n}`,
        type: r.pick(TYPES),
        isOptional: r.once(2),
      })),
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
  child.columns.push({ name: column, type: 'Int', isOptional, parent, isUnique })
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

function describe(model) {
  const columns = model.columns.map((c) => {
    const attributes = c.name === 'id' ? ' @id' : c.isUnique ? ' @unique' : ''
    return `  ${c.name} ${c.type}${c.isOptional ? '?' : ''}${attributes}`
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

/** Of a unique column, each parent once. */
function makeRow(r, world, model, id) {
  const row = {}
  for (const column of model.columns) {
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
  return row
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
  world.schema = `enum Color { RED GREEN BLUE }\n\n${models.map(describe).join('\n\n')}\n`

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
