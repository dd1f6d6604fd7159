// JSON as PostgreSQL's jsonb has it.

const isObject = (x) => x !== null && typeof x === 'object' && !Array.isArray(x)
const byteLength = (text) => Buffer.byteLength(text)

/** Short keys before long ones. */
const compareKeys = (a, b) => byteLength(a) - byteLength(b) || Buffer.compare(Buffer.from(a), Buffer.from(b))

export function jsonText(x) {
  if (Array.isArray(x)) return `[${x.map(jsonText).join(', ')}]`
  if (!isObject(x)) return JSON.stringify(x)
  const keys = Object.keys(x).sort(compareKeys)
  return `{${keys.map((key) => `${JSON.stringify(key)}: ${jsonText(x[key])}`).join(', ')}}`
}

const isScalar = (x) => x === null || typeof x !== 'object'

function take(x, step) {
  if (x === undefined) return undefined
  if (typeof step === 'string') return isObject(x) && Object.hasOwn(x, step) ? x[step] : undefined
  // A bare value is a list of one here.
  const list = isScalar(x) ? [x] : x
  return Array.isArray(list) ? list.at(step) : undefined
}

/** Where the steps, keys and indexes, lead to; undefined: nowhere. */
const find = (x, steps) => steps.reduce(take, x)

/** JSON's null, which is a value, unlike nothing. */
export const JSON_NULL = Symbol('null')

/** -> of each step. null: nowhere. */
export function jsonAt(x, steps) {
  const found = find(x, steps)
  return found === undefined ? null : (found ?? JSON_NULL)
}

export const jsonShown = (x) => (x === JSON_NULL ? null : x)

/** ->> for the last one. */
export function jsonTextAt(x, steps) {
  const found = find(x, steps) ?? null
  return found === null || typeof found === 'string' ? found : jsonText(found)
}

function containsPart(x, part) {
  if (isScalar(x) || isScalar(part)) return x === part
  if (Array.isArray(x) !== Array.isArray(part)) return false
  if (Array.isArray(x)) return part.every((one) => x.some((other) => containsPart(other, one)))
  return Object.keys(part).every((key) => Object.hasOwn(x, key) && containsPart(x[key], part[key]))
}

const RANKS = { string: 1, number: 2, boolean: 3 }
const rank = (x) => (x === null ? 0 : Array.isArray(x) ? 4 : (RANKS[typeof x] ?? 5))
const firstOf = (orders) => orders.find((n) => n !== 0) ?? 0
const compareTexts = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))

/** Negative, zero or positive. At the top, an empty list is before all that is
 * no list and no object. */
export function compareJson(x, y, isInside = false) {
  if (x === JSON_NULL || y === JSON_NULL) return compareJson(jsonShown(x), jsonShown(y), isInside)
  const isFirst = (a, b) => !isInside && Array.isArray(a) && a.length === 0 && isScalar(b)
  if (isFirst(x, y) || isFirst(y, x)) return isFirst(x, y) ? -1 : 1
  if (rank(x) !== rank(y)) return rank(x) - rank(y)
  if (x === null) return 0
  if (Array.isArray(x)) return x.length - y.length || firstOf(x.map((value, i) => compareJson(value, y[i], true)))
  if (typeof x === 'string') return compareTexts(x, y)
  if (!isObject(x)) return Number(x) - Number(y)
  const [k, l] = [x, y].map((object) => Object.keys(object).sort(compareKeys))
  return k.length - l.length || firstOf(k.map((key, i) => compareTexts(key, l[i]) || compareJson(x[key], y[l[i]], true)))
}

/** x @> part. A list has a scalar as if that were a list of one. */
export function jsonContains(x, part) {
  return containsPart(x, Array.isArray(x) && isScalar(part) ? [part] : part)
}
