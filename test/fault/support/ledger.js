// What was asked of the server and what it promised, to be compared with what
// is there. Each insert has a key of its own and one or more parts, a row each.

/** @typedef {{key: string, count: number, state: 'open'|'acknowledged'|'refused'}} Insert */

export class Ledger {
  constructor() {
    this.begun = 0
    this.acknowledged = 0
    this.unsettled = new Map()
  }

  /** @returns {Insert} an insert whose outcome is not known yet */
  begin(count) {
    const insert = { key: `k${this.begun++}`, count, state: 'open' }
    this.unsettled.set(insert.key, insert)
    return insert
  }

  /**
   * Compares all inserts since the last call with the rows that came since.
   * @returns {string[]} a sentence for each way in which a promise was broken
   */
  settle(rows) {
    const parts = new Map()
    for (const { key, part } of rows) {
      if (!parts.has(key)) parts.set(key, [])
      parts.get(key).push(part)
    }
    const problems = []
    for (const key of parts.keys()) {
      if (!this.unsettled.has(key)) problems.push(`${key} is there, but was not asked for now`)
    }
    for (const insert of this.unsettled.values()) {
      const problem = problemOf(insert, (parts.get(insert.key) ?? []).sort((a, b) => a - b))
      if (problem) problems.push(`${insert.key}: ${problem}`)
      if (insert.state === 'acknowledged') this.acknowledged++
    }
    this.unsettled.clear()
    return problems
  }
}

function problemOf({ count, state }, parts) {
  const isWhole = parts.length === count && parts.every((part, i) => part === i)
  if (isWhole) return state === 'refused' ? `${count} rows, but the answer was an error` : null
  if (parts.length > 0) return `parts ${parts.join(' ')} of ${count}`
  return state === 'acknowledged' ? `acknowledged, but none of ${count} rows is there` : null
}

export const LEDGER_SCHEMA = `
model Entry {
  id   Int    @id @default(autoincrement())
  key  String
  part Int
  text String @default("")

  @@map("entries")
  @@allow('all', true)
}
`

/** What to send; every row carries the text along. */
export function bodyOf({ key, count }, text = '') {
  if (count === 1) return { key, part: 0, text }
  return Array.from({ length: count }, (_, part) => ({ key, part, text }))
}

/** All rows with an id over this one, in order. */
export async function readEntries(connection, after = 0) {
  const rows = []
  for (let last = after; ;) {
    const path = `/rest/v1/entries?select=id,key,part&id=gt.${last}&order=id&limit=1000`
    const { status, body } = await connection.json('GET', path)
    if (status !== 200) throw new Error(`reading entries: ${status} ${JSON.stringify(body)}`)
    rows.push(...body)
    if (body.length === 0) return rows
    last = body.at(-1).id
  }
}
