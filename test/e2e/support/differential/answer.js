// What the answer to a question must be, worked out from the rows with no
// database: slow, and simple enough to be believed.

import { all, any, not, testPlace } from './condition.js'
import { compareJson, JSON_NULL, jsonShown } from './json.js'
import { valueAt } from './place.js'
import { cast, compare } from './values.js'
import { follow } from './world.js'

function test(world, c, row) {
  let result
  if (c.kind === 'group') result = (c.word === 'and' ? all : any)(c.children.map((child) => test(world, child, row)))
  else if (c.kind === 'exists') result = related(world, c.embed, row).length > 0
  else result = testPlace(c, row)
  return c.isNegated ? not(result) : result
}

export const meets = (world, where, row) => where.every((c) => test(world, c, row) === true)

/* ---- Rows ---- */

/** The rows behind the embed that pass its filters. */
function related(world, embed, row) {
  return follow(world, embed.link, row).filter((target) => passes(world, embed.question, target))
}

function passes(world, question, row) {
  const isThere = question.embeds.every((e) => e.style !== 'inner' || related(world, e, row).length > 0)
  return isThere && meets(world, question.where, row)
}

function termValue(world, term, row) {
  if (term.embed === undefined) return valueAt(term.place, row)
  const target = related(world, term.embed, row)[0]
  return target === undefined ? null : valueAt(term.place, target)
}

function compareRows(world, order, a, b) {
  for (const term of order) {
    const [x, y] = [termValue(world, term, a), termValue(world, term, b)]
    const areNullsFirst = term.nulls ? term.nulls === 'nullsfirst' : Boolean(term.isDescending)
    if ((x === null) !== (y === null)) return (x === null) === areNullsFirst ? -1 : 1
    const n = x === null ? 0 : compare(term.place.type, x, y)
    if (n !== 0) return term.isDescending ? -n : n
  }
  return 0
}

const BY_ID = { place: { column: { name: 'id' }, steps: [], type: 'Int' } }

export function sort(world, order, rows) {
  return [...rows].sort((a, b) => compareRows(world, [...order, BY_ID], a, b))
}

const cut = ({ offset, limit }, list) => list.slice(offset, limit === undefined ? undefined : offset + limit)

/* ---- Groups ---- */

const DIGITS = 12

/** Decimals have two digits at most, so a hundred times as much is whole. */
const hundredfold = (value) => BigInt(Math.round(value * 100))

function sum(place, values) {
  if (place.type !== 'Decimal') return Number(values.reduce((total, v) => total + BigInt(v), 0n))
  return Number(values.reduce((total, v) => total + hundredfold(v), 0n)) / 100
}

/** As many digits as nobody disagrees about. */
const roughly = (x) => (x === null ? null : Number(x.toPrecision(DIGITS)))

function aggregate({ aggregate: what, place }, rows) {
  if (what === 'rows') return rows.length
  const values = rows.map((row) => valueAt(place, row)).filter((v) => v !== null)
  if (what === 'count') return values.length
  if (values.length === 0) return null
  const sorted = values.sort((a, b) => compare(place.type, a, b))
  switch (what) {
    case 'min':
      return sorted[0]
    case 'max':
      return sorted.at(-1)
    case 'sum':
      return roughly(sum(place, values))
    case 'avg':
      return roughly(sum(place, values) / values.length)
  }
}

const isLifted = (e) => e.style === 'spread' && e.link.isToOne

/** What rows are grouped by: all that is no aggregate. */
const keysOf = (question) => ({
  ...question,
  isGrouped: false,
  shown: question.shown.filter((s) => s.aggregate === undefined),
  embeds: question.embeds.map((e) => (isLifted(e) ? { ...e, question: keysOf(e.question) } : e)),
})

/** Those of a spread to one row are about the rows that it leads to. */
function aggregates(world, question, rows, prefix = '') {
  const out = {}
  for (const s of question.shown) if (s.aggregate) out[prefix + s.name] = aggregate(s, rows)
  for (const e of question.embeds.filter(isLifted)) {
    const targets = rows.map((row) => related(world, e, row)[0]).filter(Boolean)
    Object.assign(out, aggregates(world, e.question, targets, `${e.alias}_`))
  }
  return out
}

/** The cells of embeds, in whose order groups come behind that of columns. */
function cellsOf(question, prefix = '', isJson = false) {
  const own = question.shown.map((s) => [prefix + s.name, isJson || s.cast ? null : s.place])
  return [...(prefix === '' ? [] : own), ...question.embeds.flatMap((e) => {
    if (e.style === 'spread') return cellsOf(e.question, `${e.alias}_`, isJson || !e.link.isToOne)
    return e.style === 'empty' ? [] : [[e.alias, null]]
  })]
}

function compareCells(cells, x, y) {
  for (const [name, place] of cells) {
    const [a, b] = [x[name], y[name]]
    if (place?.isList || (a === null && b === null)) continue
    if (a === null || b === null) return a === null ? 1 : -1
    const n = place === null || place.type === 'Json' ? compareJson(a, b) : compare(place.type, a, b)
    if (n !== 0) return n
  }
  return 0
}

function showGroups(world, question, rows) {
  const by = keysOf(question)
  const cells = cellsOf(by)
  const groups = new Map(by.shown.length + cells.length === 0 ? [['[{},[]]', { shown: {}, rows: [] }]] : [])
  for (const row of rows) {
    const shown = showRow(world, by, row)
    // Both nulls are shown alike, and are two groups.
    const nulls = by.shown.map((s) => valueAt(s.place, row) === JSON_NULL)
    const key = JSON.stringify([shown, nulls])
    if (!groups.has(key)) groups.set(key, { shown, rows: [] })
    groups.get(key).rows.push(row)
  }
  const order = [...question.order, ...by.shown]
  const compareGroups = (a, b) => compareRows(world, order, a.rows[0], b.rows[0]) || compareCells(cells, a.shown, b.shown)
  const sorted = [...groups.values()].sort(compareGroups)
  return cut(question, sorted).map((group) => ({ ...group.shown, ...aggregates(world, question, group.rows) }))
}

/* ---- What is shown ---- */

function showCell({ place, cast: to }, row) {
  const value = row ? valueAt(place, row) : null
  return to ? cast(place.type, to, value) : jsonShown(value)
}

/** A row, or what a spread makes of one that is not there: nulls. */
function showRow(world, question, row, prefix = '') {
  const out = {}
  for (const s of question.shown) out[prefix + s.name] = showCell(s, row)
  for (const e of question.embeds) {
    if (e.style === 'spread') Object.assign(out, spread(world, e, row))
    else if (e.style !== 'empty') out[e.alias] = row && showEmbed(world, e, row)
  }
  return out
}

function showRows(world, question, rows) {
  if (question.isGrouped) return showGroups(world, question, rows)
  return cut(question, sort(world, question.order, rows)).map((row) => showRow(world, question, row))
}

function showEmbed(world, e, row) {
  const shown = showRows(world, e.question, related(world, e, row))
  return e.link.isToOne ? (shown[0] ?? null) : shown
}

function spread(world, e, row) {
  const rows = row ? sort(world, e.question.order, related(world, e, row)) : []
  const cells = (target) => showRow(world, e.question, target, `${e.alias}_`)
  if (e.link.isToOne) return cells(rows[0] ?? null)
  const names = Object.keys(cells(null))
  const shown = rows.map(cells)
  return Object.fromEntries(names.map((name) => [name, row && shown.map((target) => target[name])]))
}

/** @returns {{ rows: object[], total: number }} */
export function answer(world, question) {
  const from = question.least ?? 0
  const rows = world.rows.get(question.model).filter((row) => row.id >= from && passes(world, question, row))
  return { rows: showRows(world, question, rows), total: rows.length }
}

/** The names of what is summed or averaged anywhere in it. */
function namesOfSums(question) {
  const sums = question.shown.filter((s) => s.aggregate === 'sum' || s.aggregate === 'avg')
  return [...sums.map((s) => s.name), ...question.embeds.flatMap((e) => namesOfSums(e.question))]
}

function roundAll(names, value) {
  if (value === null || typeof value !== 'object') return
  for (const [key, inside] of Object.entries(value)) {
    if (names.includes(key)) value[key] = roughly(inside)
    else roundAll(names, inside)
  }
}

/** The same number of digits in what is summed or averaged. */
export function round(question, rows) {
  roundAll(namesOfSums(question), rows)
  return rows
}
