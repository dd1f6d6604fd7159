// What the answer to a question must be, worked out from the rows with no
// database: slow, and simple enough to be believed.

import { follow } from './world.js'

const COLORS = ['RED', 'GREEN', 'BLUE']

/** Negative, zero or positive, as PostgreSQL orders values of the type. */
function compare(type, a, b) {
  switch (type) {
    case 'String':
      return Buffer.compare(Buffer.from(a), Buffer.from(b))
    case 'DateTime':
      return Date.parse(a) - Date.parse(b)
    case 'Color':
      return COLORS.indexOf(a) - COLORS.indexOf(b)
    default:
      return Number(a) - Number(b)
  }
}

const COMPARE = {
  eq: (n) => n === 0,
  neq: (n) => n !== 0,
  gt: (n) => n > 0,
  gte: (n) => n >= 0,
  lt: (n) => n < 0,
  lte: (n) => n <= 0,
}

/* ---- Three-valued logic: true, false, and null for unknown ---- */

const not = (x) => (x === null ? null : !x)
const all = (list) => (list.includes(false) ? false : list.includes(null) ? null : true)
const any = (list) => (list.includes(true) ? true : list.includes(null) ? null : false)

function likeToRegExp(pattern, flags) {
  let source = ''
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]
    if (c === '\\') source += escape(pattern[++i])
    else if (c === '%' || c === '*') source += '[\\s\\S]*'
    else if (c === '_') source += '[\\s\\S]'
    else source += escape(c)
  }
  return new RegExp(`^${source}$`, `u${flags}`)
}

const escape = (c) => c.replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&')

function testColumn(c, value) {
  const { type } = c.column
  const is = (op, other) => (value === null ? null : COMPARE[op](compare(type, value, other)))
  switch (c.kind) {
    case 'compare':
      return is(c.op, c.value)
    case 'in':
      return any(c.values.map((v) => is('eq', v)))
    case 'quantified':
      return (c.quantifier === 'any' ? any : all)(c.values.map((v) => is(c.op, v)))
    case 'distinct':
      return value === null || compare(type, value, c.value) !== 0
    case 'is':
      return { null: value === null, not_null: value !== null, unknown: value === null, true: value === true, false: value === false }[c.what]
    case 'like':
      return value === null ? null : likeToRegExp(c.pattern, c.op === 'ilike' ? 'i' : '').test(value)
    case 'match':
      return value === null ? null : new RegExp(c.pattern, c.op === 'imatch' ? 'iu' : 'u').test(value)
  }
}

function test(world, c, row) {
  let result
  if (c.kind === 'group') result = (c.word === 'and' ? all : any)(c.children.map((child) => test(world, child, row)))
  else if (c.kind === 'exists') result = related(world, c.embed, row).length > 0
  else result = testColumn(c, row[c.column.name])
  return c.isNegated ? not(result) : result
}

/* ---- Rows ---- */

/** The rows behind the embed that pass its filters. */
function related(world, embed, row) {
  return follow(world, embed.link, row).filter((target) => passes(world, embed.question, target))
}

function passes(world, question, row) {
  const isThere = question.embeds.every((e) => e.style !== 'inner' || related(world, e, row).length > 0)
  return isThere && question.where.every((c) => test(world, c, row) === true)
}

function termValue(world, term, row) {
  if (term.embed === undefined) return row[term.column.name]
  return related(world, term.embed, row)[0]?.[term.column.name] ?? null
}

function compareRows(world, order, a, b) {
  for (const term of order) {
    const [x, y] = [termValue(world, term, a), termValue(world, term, b)]
    const areNullsFirst = term.nulls ? term.nulls === 'nullsfirst' : term.isDescending
    if ((x === null) !== (y === null)) return (x === null) === areNullsFirst ? -1 : 1
    const n = x === null ? 0 : compare(term.column.type, x, y)
    if (n !== 0) return term.isDescending ? -n : n
  }
  return a.id - b.id
}

function page(world, question, rows) {
  const sorted = [...rows].sort((a, b) => compareRows(world, question.order, a, b))
  return sorted.slice(question.offset, question.limit === undefined ? undefined : question.offset + question.limit)
}

const showCell = (column, value) => (column.isText && value !== null ? String(value) : value)

/** A row, or what a spread makes of one that is not there: nulls. */
function show(world, question, row, prefix = '') {
  const out = {}
  for (const c of question.columns) out[prefix + c.name] = showCell(c, row?.[c.name] ?? null)
  for (const e of question.embeds) {
    if (e.style === 'spread') Object.assign(out, spread(world, e, row))
    else if (e.style !== 'empty') out[e.alias] = row && showEmbed(world, e, row)
  }
  return out
}

function showEmbed(world, e, row) {
  const shown = page(world, e.question, related(world, e, row)).map((target) => show(world, e.question, target))
  return e.link.isToOne ? (shown[0] ?? null) : shown
}

function spread(world, e, row) {
  const rows = row ? page(world, e.question, related(world, e, row)) : []
  const cells = (target) => show(world, e.question, target, `${e.alias}_`)
  if (e.link.isToOne) return cells(rows[0] ?? null)
  const names = Object.keys(cells(null))
  const shown = rows.map(cells)
  return Object.fromEntries(names.map((name) => [name, row && shown.map((target) => target[name])]))
}

/** @returns {{ rows: object[], total: number }} */
export function answer(world, question) {
  const rows = world.rows.get(question.model).filter((row) => passes(world, question, row))
  return { rows: page(world, question, rows).map((row) => show(world, question, row)), total: rows.length }
}
