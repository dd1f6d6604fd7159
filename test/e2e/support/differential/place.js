// Where a value is: a column, or a place inside of the JSON in one.
//
//   place = { column, steps, type, isList }
//
// A place inside of JSON that ->> leads to is a String, one of -> is Json.

import { jsonAt, jsonTextAt } from './json.js'

const STEPS = ['a', 'a', 'b', 'c', 'bb', 0, 0, 1, -1]

export const placeOf = (column) => ({ column, steps: [], type: column.type, isList: column.isList })

/** Of JSON now and then a place inside of it. */
export function makePlace(r, column) {
  if (column.type !== 'Json' || column.isList || r.once(3)) return placeOf(column)
  const isText = r.once(2)
  const steps = r.times(1 + r.below(2), () => r.pick(STEPS))
  return { column, steps, type: isText ? 'String' : 'Json', isList: false }
}

export const isWhole = (place) => place.steps.length === 0

/** As select, filters and orders write it. */
export function printPlace({ column, steps, type }) {
  return steps.reduce((text, step, i) => {
    const isLast = i === steps.length - 1
    return `${text}${isLast && type === 'String' ? '->>' : '->'}${step}`
  }, column.name)
}

export function valueAt({ column, steps, type }, row) {
  const value = row[column.name]
  if (steps.length === 0 || value === null) return value
  return type === 'String' ? jsonTextAt(value, steps) : jsonAt(value, steps)
}
