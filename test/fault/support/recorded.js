// What a database has recorded since the last look, checked for what must hold
// whatever was asked of it.

import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/* There are others, whose changes are not looked at. */
const TABLES = { Parent: 'parent', Child: 'child' }

// As src/database/audit_row.h says.
const HASHED = [
  'id', 'created_at', 'user_id', 'token_id', 'organization_id', 'space_id', 'request_id', 'ip_address', 'user_agent',
  'reason', 'action', 'model', 'record_id', 'before', 'after', 'changes', 'database_user',
]

const AS_TEXTS = HASHED.map((column) => column === 'created_at'
  ? `to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"') AS created_at`
  : `"${column}"::text AS "${column}"`)

function hashOf(row) {
  const parts = HASHED.map((column) => {
    const part = row[column] ?? null
    return part === null ? '-' : `${Buffer.byteLength(part)}:${part}`
  })
  return createHash('sha256').update(parts.join('')).digest('hex')
}

/** A file, beside the server that has it open. */
export class RecordedFile {
  constructor(folder) {
    this.path = join(folder, 'app.db')
  }

  async read({ position, sequence }) {
    const database = new DatabaseSync(this.path, { readOnly: true })
    const all = (sql, ...values) => database.prepare(sql).all(...values)
    const rows = all('SELECT * FROM tenon_audit_log WHERE position > ? ORDER BY position', position)
    const read = {
      wrong: rows.filter((row) => Buffer.from(row.hash).toString('hex') !== hashOf(row)).map((row) => row.id),
      rows,
      events: all('SELECT * FROM tenon_event WHERE sequence > ? ORDER BY sequence', sequence),
      tables: Object.fromEntries(Object.entries(TABLES).map(([model, table]) => [model, all(`SELECT * FROM ${table}`)])),
    }
    database.close()
    for (const event of read.events) {
      for (const image of ['before', 'after']) event[image] = JSON.parse(event[image])
    }
    return read
  }

  /** The texts that the hook was called with. */
  async seen() {
    const database = new DatabaseSync(this.path, { readOnly: true })
    const rows = database.prepare('SELECT text FROM seen').all()
    database.close()
    return rows.map(({ text }) => text)
  }

  /** Where one process serves a database, no other one holds its jobs. */
  async endLeases() {}
}

/** A PostgreSQL database, by functions that run a SELECT and other things. */
export class RecordedPostgres {
  constructor(select, run) {
    this.select = select
    this.run = run
    this.known = new Set()
  }

  async read({ sequence }) {
    const events = await this.select(`SELECT * FROM tenon.read_events(${sequence}, 1000000)`)
    const all = await this.select(`SELECT ${AS_TEXTS.join(', ')}, hash FROM tenon.audit_log`)
    const rows = all.filter((row) => !this.known.has(row.id))
    for (const row of rows) this.known.add(row.id)
    const tables = {}
    for (const [model, table] of Object.entries(TABLES)) tables[model] = await this.select(`SELECT * FROM ${table}`)
    const wrong = rows.filter((row) => row.hash !== `\\x${hashOf(row)}`).map((row) => row.id)
    return { wrong, rows, events, tables }
  }

  async seen() {
    return (await this.select('SELECT text FROM seen')).map(({ text }) => text)
  }

  /** As if a minute had passed since the last kill. */
  async endLeases() {
    await this.run('UPDATE tenon.job SET locked_until = now() WHERE locked_until IS NOT NULL')
  }
}

const same = (a, b) => {
  const text = (row) => JSON.stringify(Object.entries(row ?? {}).sort(([x], [y]) => (x < y ? -1 : 1)))
  return text(a) === text(b)
}

/** Follows a log: what it has at each look, and what follows from it. */
export class Follower {
  constructor(recorded) {
    this.recorded = recorded
    this.place = { position: 0, sequence: 0 }
    this.images = { Parent: new Map(), Child: new Map() }
    this.changes = 0
    this.updates = new Set() // of parents: the texts, each is written once
  }

  /** @returns {Promise<{rows: object[], problems: string[]}>} */
  async look() {
    const { rows, events, tables, wrong } = await this.recorded.read(this.place)
    const problems = [
      ...wrong.map((id) => `row ${id} does not have its hash`),
      ...this.compareWithEvents(rows, events),
      ...events.flatMap((event) => this.follow(event)),
      ...Object.entries(tables).flatMap(([model, table]) => this.compareWithTable(model, table)),
    ]
    this.place.position = rows.at(-1)?.position ?? this.place.position
    this.changes += rows.length
    return { rows, problems }
  }

  /** Each row has one event, and each event a row. */
  compareWithEvents(rows, events) {
    const left = new Map(rows.map((row) => [row.id, row]))
    const problems = []
    if (left.size !== rows.length) problems.push('an id is in the log twice')
    for (const event of events.filter(({ model }) => model in TABLES)) {
      const row = left.get(event.audit_id)
      left.delete(event.audit_id)
      const isOf = row && ['action', 'model', 'record_id'].every((name) => row[name] === event[name])
      if (!isOf) problems.push(`event ${event.sequence} has no row of its own in the log`)
    }
    return [...problems, ...[...left.keys()].map((id) => `row ${id} has no event`)]
  }

  /** What an event says was before is what the events before it left. */
  follow({ sequence, action, model, record_id: id, before, after }) {
    const images = this.images[model]
    const problems = []
    this.place.sequence++
    if (Number(sequence) !== this.place.sequence) problems.push(`event ${sequence} follows ${this.place.sequence - 1}`)
    this.place.sequence = Number(sequence)
    if (images === undefined) return problems
    if (model === 'Parent' && action === 'update') this.updates.add(after.text)
    if (!same(before, images.get(id))) problems.push(`event ${sequence} does not follow the one before it of ${model} ${id}`)
    if (after === null) images.delete(id)
    else images.set(id, after)
    return problems
  }

  /** All events together are what is there. */
  compareWithTable(model, table) {
    const images = this.images[model]
    const problems = table.filter((row) => !same(row, images.get(row.id))).map((row) => `${model} ${row.id} is not what was recorded`)
    return images.size === table.length ? problems : [...problems, `${table.length} rows of ${model}, recorded ${images.size}`]
  }
}
