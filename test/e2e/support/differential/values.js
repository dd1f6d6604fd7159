// The types of columns: what is stored, how values of a type compare, and what
// casts make of them, as PostgreSQL does it.

import { compareJson } from './json.js'

const COLORS = ['RED', 'GREEN', 'BLUE']

/** What is stored: few values, so that rows are often equal. Text sorts by code
 * point, and its letters need escapes of all kinds. Prose is text of words that
 * all parsers tell apart alike. */
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
  Color: (r) => r.pick(COLORS),
  Prose: (r) =>
    r.pick(['', 'fox', 'The quick fox', 'quick, lazy dog!', 'Dog jumps; fox jumps', 'the lazy (quick) fox', 'Été dog', 'dog dog']),
  Json: (r) =>
    r.pick([
      {}, [], 5, true, 'a', { a: 1 }, { a: 'x', b: null }, { a: { b: 'x' } }, { a: { b: 1, c: [1, 2] }, b: 0.5 },
      { a: [1, 'x', null] }, [1, 2, 1], ['a', { a: 1 }], [{ a: 1, b: 2 }, [1]], { a: 'q"u\n' }, { bb: 1, a: 'Zoë' }, 'Zoë',
    ]),
}

const LIST_TYPES = ['Int', 'BigInt', 'Boolean', 'String', 'Color']

/** A column's type: { type, isList }. */
export function randomType(r) {
  return r.once(7) ? { type: r.pick(LIST_TYPES), isList: true } : { type: r.pick(Object.keys(VALUES)), isList: false }
}

/** How a schema file says it. */
export const typeInSchema = ({ type, isList }) => `${type === 'Prose' ? 'String' : type}${isList ? '[]' : ''}`

/** A value of the type; null now and then where it may be. */
export function randomValue(r, { type, isList, isOptional }) {
  if (isOptional && r.once(4)) return null
  return isList ? r.times(r.below(4), () => VALUES[type](r)) : VALUES[type](r)
}

/** Negative, zero or positive, as PostgreSQL orders values of the type. */
export function compare(type, a, b) {
  switch (type) {
    case 'String':
    case 'Prose':
      return Buffer.compare(Buffer.from(a), Buffer.from(b))
    case 'DateTime':
      return Date.parse(a) - Date.parse(b)
    case 'Json':
      return compareJson(a, b)
    case 'Color':
      return COLORS.indexOf(a) - COLORS.indexOf(b)
    default:
      return Number(a) - Number(b)
  }
}

export const isText = ({ type, isList }) => !isList && (type === 'String' || type === 'Prose')

/** How filters write such a value. */
export const textOf = (type, value) => (type === 'Json' ? JSON.stringify(value) : String(value))

/* ---- Casts ---- */

const halfToEven = (x) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x))
const halfAway = (x) => Math.sign(x) * Math.round(Math.abs(x)) + 0
const same = (x) => x

const CASTS = {
  Int: { text: String, int8: same, float8: same, numeric: same, bool: (x) => x !== 0 },
  BigInt: { text: String, float8: same, numeric: same },
  Float: { int8: halfToEven, numeric: same, text: (x) => String(x).replace(/e-(\d)$/, 'e-0$1') },
  Decimal: { int4: halfAway, int8: halfAway, float8: same },
  Boolean: { text: String, int4: Number },
  DateTime: {
    date: (t) => t.slice(0, 10),
    time: (t) => t.slice(11, -6),
    timestamp: (t) => t.slice(0, -6),
  },
  String: { text: same },
  Color: { text: same },
}

/** The names of types that such values can be cast to. */
export const castsOf = ({ type, isList }) => (isList ? [] : Object.keys(CASTS[type] ?? {}))

export const cast = (type, to, value) => (value === null ? null : CASTS[type][to](value))
