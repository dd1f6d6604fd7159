// Conditions of filters: random ones, as the query string writes them, and
// whether a row meets them.
//
//   condition = { kind, place, isNegated, ... }
//             | { kind: 'exists', embed, isNegated }
//             | { kind: 'group', word: 'and' | 'or', isNegated, children }

import { jsonContains, jsonShown } from './json.js'
import { isWhole, makePlace, printPlace, valueAt } from './place.js'
import { makeSearch, printSearch, testSearch } from './search.js'
import { compare, isText, randomValue, textOf } from './values.js'

const COMPARISONS = ['eq', 'neq', 'gt', 'gte', 'lt', 'lte']
const PATTERNS = ['%', 'a%', '*b*', '_', '%\\%%', 'Z%', 'zoë', '%"%', '%🙂', '\\\\', 'b\\_c', '']
const MATCHES = ['a', '^a', 'b$', '^$', '[A-Z]', '^.$', 'o.', 'x,y', '"', '[(]', '^[a-z]+$', '日', 'a|q', '(b_)?c']
const INSIDE_OF_JSON = ['a', 'x', '1', '0.5', 'true', '', 'Zoë', '{"b": "x"}', '[1, 2]', '2']

/* ---- Random ones ---- */

/** A value to compare with: one that is likely to be there. */
function makeValue(r, place) {
  const { column } = place
  if (column.name === 'id' || column.parent !== undefined) return 1 + r.below(8)
  if (column.computed) return 1 + r.below(16)
  if (place.type === 'Json') return r.pick([randomValue(r, { type: 'Json' }), 1, 'x', [1, 2], { b: 'x' }])
  return isWhole(place) ? randomValue(r, place) : r.pick(INSIDE_OF_JSON)
}

function kindsOf(place) {
  if (place.isList) return ['list', 'list', 'whole', 'is']
  if (place.type === 'Json') return ['within', 'within', 'compare', 'compare', 'in', 'distinct', 'is']
  const kinds = ['compare', 'compare', 'compare', 'in', 'is', 'distinct', 'quantified']
  if (isText(place)) kinds.push('like', 'like', 'match')
  if (place.type === 'Prose') kinds.push('search', 'search', 'search')
  return kinds
}

function makePattern(r, kind) {
  const op = kind === 'like' ? r.pick(['like', 'ilike']) : r.pick(['match', 'imatch'])
  const patterns = kind === 'like' ? PATTERNS : MATCHES
  if (!r.once(4)) return { op, values: [r.pick(patterns)] }
  return { op, quantifier: r.pick(['any', 'all']), values: r.times(1 + r.below(2), () => r.pick(patterns)) }
}

/** What each kind has beside the place. */
const DETAILS = {
  compare: (r, place, value) => ({ op: r.pick(place.type === 'Boolean' ? ['eq', 'neq'] : COMPARISONS), value: value() }),
  in: (r, place, value) => ({ values: r.times(r.below(4), value) }),
  is: (r, place) => ({ what: r.pick(place.type === 'Boolean' && !place.isList ? ['null', 'true', 'false', 'unknown', 'not_null'] : ['null', 'not_null']) }),
  distinct: (r, place, value) => ({ value: value() }),
  quantified: (r, place, value) => ({
    op: r.pick(['eq', 'gt', 'gte', 'lt', 'lte']),
    quantifier: r.pick(['any', 'all']),
    values: r.times(1 + r.below(3), value),
  }),
  like: (r) => makePattern(r, 'like'),
  match: (r) => makePattern(r, 'match'),
  search: makeSearch,
  list: (r, place, value) => ({ op: r.pick(['cs', 'cd', 'ov']), value: value() }),
  whole: (r, place, value) => ({ op: r.pick(['eq', 'neq']), value: value() }),
  within: (r) => ({ op: r.pick(['cs', 'cd']), value: randomValue(r, { type: 'Json' }) }),
}

export function makeCondition(r, column) {
  const place = makePlace(r, column)
  const kind = r.pick(kindsOf(place))
  return { kind, place, isNegated: r.once(4), ...DETAILS[kind](r, place, () => makeValue(r, place)) }
}

/* ---- As the query string writes them ---- */

const quote = (text) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
const braces = (values) => `{${values.map((v) => quote(String(v))).join(',')}}`

function printWords(c, scalar) {
  switch (c.kind) {
    case 'compare':
      return `${c.op}.${scalar(c.value)}`
    case 'in':
      return `in.(${c.values.map((v) => quote(textOf(c.place.type, v))).join(',')})`
    case 'is':
      return `is.${c.what}`
    case 'distinct':
      return `isdistinct.${scalar(c.value)}`
    case 'quantified':
      return `${c.op}(${c.quantifier}).${braces(c.values)}`
    case 'like':
    case 'match':
      return c.quantifier ? `${c.op}(${c.quantifier}).${braces(c.values)}` : `${c.op}.${scalar(c.values[0])}`
    case 'search':
      return `${c.op}(simple).${scalar(printSearch(c.op, c.search))}`
    case 'list':
    case 'whole':
      return `${c.op}.${braces(c.value)}`
    case 'within':
      return `${c.op}.${scalar(c.value)}`
  }
}

/** A condition without its name: operator.value. */
export function printOperation(c, isNested) {
  if (c.kind === 'exists') return c.isNegated ? 'is.null' : 'not.is.null'
  const text = (value) => textOf(c.place.type, value)
  const scalar = (value) => (isNested ? quote(text(value)) : text(value))
  return `${c.isNegated ? 'not.' : ''}${printWords(c, scalar)}`
}

export const nameOf = (c) => (c.kind === 'exists' ? c.embed.alias : printPlace(c.place))

/** Inside of a group. */
export function printMember(c) {
  if (c.kind !== 'group') return `${nameOf(c)}.${printOperation(c, true)}`
  return `${c.isNegated ? 'not.' : ''}${c.word}(${c.children.map(printMember).join(',')})`
}

/* ---- Three-valued logic: true, false, and null for unknown ---- */

export const not = (x) => (x === null ? null : !x)
export const all = (results) => (results.includes(false) ? false : results.includes(null) ? null : true)
export const any = (results) => (results.includes(true) ? true : results.includes(null) ? null : false)

const COMPARE = {
  eq: (n) => n === 0,
  neq: (n) => n !== 0,
  gt: (n) => n > 0,
  gte: (n) => n >= 0,
  lt: (n) => n < 0,
  lte: (n) => n <= 0,
}

const escape = (c) => c.replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&')

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

const IS = {
  null: (v) => v === null,
  not_null: (v) => v !== null,
  unknown: (v) => v === null,
  true: (v) => v === true,
  false: (v) => v === false,
}

/** Of a value that is there. */
function testValue(c, value) {
  const { type } = c.place
  const is = (op, other) => COMPARE[op](compare(type, value, other))
  const some = (c.quantifier ?? 'any') === 'any' ? any : all
  const has = (values, one) => values.some((other) => compare(type, one, other) === 0)
  switch (c.kind) {
    case 'compare':
      return is(c.op, c.value)
    case 'in':
      return any(c.values.map((v) => is('eq', v)))
    case 'quantified':
      return some(c.values.map((v) => is(c.op, v)))
    case 'distinct':
      return !is('eq', c.value)
    case 'like':
      return some(c.values.map((v) => likeToRegExp(v, c.op === 'ilike' ? 'i' : '').test(value)))
    case 'match':
      return some(c.values.map((v) => new RegExp(v, c.op === 'imatch' ? 'iu' : 'u').test(value)))
    case 'search':
      return testSearch(c.search, value)
    case 'list':
      if (c.op === 'ov') return value.some((one) => has(c.value, one))
      return c.op === 'cs' ? c.value.every((one) => has(value, one)) : value.every((one) => has(c.value, one))
    case 'whole': {
      const isEqual = value.length === c.value.length && value.every((one, i) => compare(type, one, c.value[i]) === 0)
      return isEqual === (c.op === 'eq')
    }
    case 'within':
      return c.op === 'cs' ? jsonContains(jsonShown(value), c.value) : jsonContains(c.value, jsonShown(value))
  }
}

/** Of a condition on a place. */
export function testPlace(c, row) {
  const value = valueAt(c.place, row)
  if (c.kind === 'is') return IS[c.what](value)
  if (c.kind === 'in' && c.values.length === 0) return false
  if (value === null) return c.kind === 'distinct' ? true : null
  return testValue(c, value)
}
