// Questions that write: random ones, what must be answered, and what must be
// there afterwards. Whoever asks has them undone.
//
//   writing = { method, path, prefer, body, status, rows, total }

import { meets, sort } from './answer.js'
import { makeCondition } from './condition.js'
import { placeOf } from './place.js'
import { addFilters, printOrder, printSelect } from './question.js'
import { randomValue } from './values.js'
import { complete, follow, makeRow, storedColumns } from './world.js'

const FIRST_NEW_ID = 1000

/* ---- What is handed back ---- */

/** In an order that leaves no two rows equal. Rows of a body have its order. */
function makeOrder(r, model, embeds, hasOrder) {
  const near = embeds.filter((e) => e.link.isToOne)
  const last = { place: placeOf(model.columns[0]), isDescending: r.once(2) }
  if (hasOrder && r.once(2)) return []
  if (near.length === 0 || r.once(2)) return [last]
  const embed = r.pick(near)
  const place = placeOf(r.pick(embed.link.to.columns.filter((c) => !c.isList)))
  return [{ embed, place, isDescending: r.once(2), nulls: r.pick([undefined, 'nullsfirst', 'nullslast']) }, last]
}

/** Columns, and now and then what rows lead to, be it other rows that are
 * written. */
function makeReturned(r, world, model, hasOrder) {
  const columns = r.some(model.columns)
  const links = world.links.filter((l) => l.from === model && (l.kind === 'parent' || l.kind === 'child'))
  const shown = (list) => list.map((c) => ({ name: c.name, place: placeOf(c) }))
  const embed = (link) => ({
    link,
    alias: `e${world.aliasCount++}`,
    style: 'left',
    question: { shown: shown(r.some(link.to.columns)), embeds: [], where: [], order: [] },
  })
  const embeds = links.length > 0 && r.once(2) ? r.times(1 + r.below(2), () => embed(r.pick(links))) : []
  return { shown: shown(columns), embeds, order: makeOrder(r, model, embeds, hasOrder) }
}

const showRow = (shown, row) => Object.fromEntries(shown.map(({ name, place }) => [name, row[place.column.name]]))

function showEmbed(world, { link, question }, row) {
  const targets = sort(world, [], follow(world, link, row)).map((target) => showRow(question.shown, target))
  return link.isToOne ? (targets[0] ?? null) : targets
}

function showReturned(world, { shown, embeds, order }, rows) {
  const sorted = order.length > 0 ? sort(world, order, rows) : rows
  return sorted.map((row) => {
    const out = showRow(shown, row)
    for (const e of embeds) out[e.alias] = showEmbed(world, e, row)
    return out
  })
}

/* ---- Rows to write ---- */

function bodyOf(model, row, names = storedColumns(model).map((c) => c.name)) {
  return Object.fromEntries(names.map((name) => [name, row[name]]))
}

/** A world with these rows of the model, and all others of the other. */
const withRows = (world, model, rows) => ({ ...world, rows: new Map([...world.rows, [model, rows]]) })

/** The world as it is when these rows are written. */
function withWritten(world, model, changed) {
  const others = world.rows.get(model).filter((row) => !changed.some(({ id }) => id === row.id))
  return withRows(world, model, [...others, ...changed])
}

/** Some new rows; what is unique stays so. */
function makeNewRows(r, world, model) {
  const there = [...world.rows.get(model)]
  const made = []
  for (let id = FIRST_NEW_ID; id <= FIRST_NEW_ID + r.below(3); id++) {
    const row = makeRow(r, withRows(world, model, there), model, id)
    if (row === null) break
    there.push(row)
    made.push(row)
  }
  return made
}

/** What may be left out of a row: it is null then, or an empty list. */
function leaveOut(r, model, rows) {
  const left = storedColumns(model).filter((c) => (c.isOptional || c.isList) && r.once(3))
  for (const row of rows) for (const c of left) row[c.name] = c.isList ? [] : null
  return storedColumns(model).filter((c) => !left.includes(c)).map((c) => c.name)
}

/* ---- Each kind ---- */

function makeInsert(r, world, model, parameters) {
  const rows = makeNewRows(r, world, model)
  const names = leaveOut(r, model, rows)
  const bodies = rows.map((row) => bodyOf(model, row, names))
  if (r.once(3)) {
    parameters.push(['columns', names.map((name) => `"${name}"`).join(',')])
    for (const body of bodies) if (r.once(2)) body.unheard_of = 1
  }
  for (const row of rows) complete(model, row)
  return { method: 'POST', body: bodies, status: 201, changed: rows }
}

/** Of rows that are there all but what is unique, and new ones. */
function makeUpsert(r, world, model) {
  const mayMerge = r.once(2)
  const there = r.some(world.rows.get(model)).slice(0, 2).map((row) => {
    const other = makeRow(r, withRows(world, model, []), model, row.id)
    for (const c of model.columns) if (c.parent) other[c.name] = row[c.name]
    return other
  })
  const fresh = r.once(2) ? makeNewRows(r, world, model) : []
  return {
    method: 'POST',
    prefer: [`resolution=${mayMerge ? 'merge' : 'ignore'}-duplicates`],
    body: [...fresh, ...there].map((row) => bodyOf(model, row)),
    status: mayMerge && fresh.length === 0 ? 200 : 201,
    changed: mayMerge ? [...fresh, ...there] : fresh,
  }
}

function makeConditions(r, model) {
  return r.times(1 + r.below(2), () => makeCondition(r, r.pick(model.columns)))
}

const plain = (value) => ({ body: value, apply: () => value })

const ARITHMETIC = {
  increment: (x, y) => x + y,
  decrement: (x, y) => x - y,
  multiply: (x, y) => x * y,
  divide: (x, y) => Math.trunc(x / y) + 0,
}

/** What JavaScript's numbers show to be exact, and an Int can hold. */
const LIMIT = { Int: 2 ** 31 - 1, BigInt: Number.MAX_SAFE_INTEGER }

function makeCalculation(r, column, rows) {
  const name = r.pick(Object.keys(ARITHMETIC))
  const operand = r.pick([1, 2, 3, -1, -2, 7])
  const apply = (x) => (x === null ? null : ARITHMETIC[name](x, operand))
  const fits = rows.every((row) => Math.abs(apply(row[column.name])) <= LIMIT[column.type])
  return fits ? { body: { [name]: operand }, apply } : undefined
}

function makePush(r, column) {
  const more = randomValue(r, column)
  const body = more.length === 1 && r.once(2) ? more[0] : more
  return { body: { push: body }, apply: (list) => [...list, ...more] }
}

/** A value, or an operator: what the body says, and what it makes of a cell. */
function makeChange(r, column, rows) {
  const value = randomValue(r, column)
  if (r.once(2) || column.type === 'Json') return plain(value)
  if (column.isList) return makePush(r, column)
  if (column.isOptional && r.once(5)) return { body: { unset: true }, apply: () => null }
  const calculated = LIMIT[column.type] !== undefined ? makeCalculation(r, column, rows) : undefined
  return calculated ?? { body: { set: value }, apply: () => value }
}

function makeUpdate(r, world, model, parameters) {
  const where = makeConditions(r, model)
  const changing = r.some(storedColumns(model)).filter((c) => c.name !== 'id' && !c.parent)
  const rows = world.rows.get(model).filter((row) => meets(world, where, row))
  const changes = changing.map((c) => makeChange(r, c, rows))
  const body = Object.fromEntries(changing.map((c, i) => [c.name, changes[i].body]))
  const change = (row) => Object.fromEntries(changing.map((c, i) => [c.name, changes[i].apply(row[c.name])]))
  addFilters(parameters, where)
  return {
    method: 'PATCH',
    body,
    status: 200,
    changed: changing.length === 0 ? [] : rows.map((row) => complete(model, { ...row, ...change(row) })),
  }
}

function makeDelete(r, world, model, parameters) {
  const where = makeConditions(r, model)
  addFilters(parameters, where)
  return { method: 'DELETE', status: 200, changed: world.rows.get(model).filter((row) => meets(world, where, row)) }
}

function makePut(r, world, model, parameters) {
  const there = r.pick(world.rows.get(model))
  const fresh = r.once(2) ? makeNewRows(r, world, model)[0] : undefined
  const row = fresh ?? complete(model, { ...there, ...bodyOf(model, there) })
  parameters.push(['id', `eq.${row.id}`])
  return { method: 'PUT', body: bodyOf(model, row), status: fresh ? 201 : 200, changed: [row] }
}

const KINDS = [makeInsert, makeInsert, makeUpsert, makeUpdate, makeUpdate, makeDelete, makePut]

function finish(r, world, model, make) {
  const parameters = []
  const { changed, prefer = [], ...rest } = make(r, world, model, parameters)
  const left = rest.method === 'DELETE' ? world : withWritten(world, model, changed)
  const returned = makeReturned(r, world, model, Array.isArray(rest.body))
  parameters.push(['select', printSelect(returned)])
  if (returned.order.length > 0) parameters.push(['order', printOrder(returned.order)])
  return {
    ...rest,
    path: `${model.table}?${new URLSearchParams(parameters)}`,
    prefer: ['return=representation', 'count=exact', ...prefer],
    rows: showReturned(left, returned, changed),
    total: changed.length,
    ids: changed.map((row) => row.id),
  }
}

export const makeWriting = (r, world, model) => finish(r, world, model, r.pick(KINDS))

/** One that only adds rows, so that it can be undone by deleting them. */
export const makeAddition = (r, world, model) => finish(r, world, model, makeInsert)
