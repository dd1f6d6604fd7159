// What was asked of a server that records its changes, and what each request
// must have left in the audit log if it was done. A request is known by the id
// that it sends along.

const below = (n) => Math.floor(Math.random() * n)
const pick = (list) => list[below(list.length)]

export const DEEDS_SCHEMA = `
model Parent {
  id       String  @id
  text     String
  count    Int     @default(0)
  children Child[]

  @@map("parent")
  @@allow('all', true)
}

model Child {
  id       String @id
  parentId String @map("parent_id")
  text     String @default("")
  parent   Parent @relation(fields: [parentId], references: [id], onDelete: Cascade)

  @@map("child")
  @@audit(changes)
  @@allow('all', true)
}

model Seen {
  id     Int    @id @default(autoincrement())
  parent String
  text   String

  @@map("seen")
  @@audit(off)
  @@allow('all', true)
}
`

/* What a hook behind a change was called for is written down, once or more. */
export const DEEDS_HOOKS = `
tenon.before("Parent", "create", function(ctx, change)
  change.after.count = 7
end)
tenon.after("Parent", "update", function(ctx, change)
  tenon.create("Seen", {parent = change.after.id, text = change.after.text})
end)
`

/**
 * @typedef {object} Deed
 * @property {string} id of the request
 * @property {[string, string, object|object[]|undefined, object?]} call method,
 *   path, body, headers
 * @property {string[]} changes "create Parent a", in any order
 * @property {number} status when it was done
 * @property {'open'|'done'|'refused'} state
 */

/** All that was asked since the last look. */
export class Deeds {
  constructor() {
    this.begun = 0
    this.done = 0
    this.unsettled = new Map()
  }

  begin(call, changes, status) {
    const deed = { id: `deed-${this.begun++}`, call, changes, status, state: 'open' }
    this.unsettled.set(deed.id, deed)
    return deed
  }

  /**
   * @param {{request_id: string, action: string, model: string, record_id: string}[]} rows
   *   of the log since the last call
   * @returns {string[]} a sentence for each promise that was broken
   */
  settle(rows) {
    const left = new Map()
    for (const { request_id: id, action, model, record_id: record } of rows) {
      if (!left.has(id)) left.set(id, [])
      left.get(id).push(`${action} ${model} ${record}`)
    }
    const problems = []
    for (const id of left.keys()) {
      if (!this.unsettled.has(id)) problems.push(`${id} is in the log, but was not asked for now`)
    }
    for (const deed of this.unsettled.values()) {
      const problem = problemOf(deed, left.get(deed.id) ?? [])
      if (problem) problems.push(`${deed.id}, ${deed.call[0]} ${deed.call[1]}: ${problem}`)
      if (deed.state === 'done') this.done++
    }
    this.unsettled.clear()
    return problems
  }
}

function problemOf({ changes, state }, found) {
  const want = [...changes].sort().join('; ')
  const got = [...found].sort().join('; ')
  if (got === want) {
    return state === 'refused' && want !== '' ? 'recorded, but the answer was an error' : null
  }
  if (got !== '') return `recorded ${got}, not ${want}`
  return state === 'done' ? `done, but nothing of ${want} is recorded` : null
}

/** Who asks for one thing after the other, about rows that nobody else knows. */
export class Doer {
  constructor(deeds, name) {
    this.deeds = deeds
    this.name = name
    this.made = 0
    this.parents = new Map() // their children
  }

  newId() {
    return `${this.name}.${this.made++}`
  }

  /** Something to ask for, and what it makes of what is known. */
  think() {
    const known = [...this.parents.keys()]
    const kinds = known.length === 0 ? ['one', 'many'] : [
      'one', 'one', 'one', 'many', 'children', 'change', 'change', 'changeMany', 'remove', 'merge', 'batch', 'nested',
      'nested', 'clash', 'nestedClash',
    ]
    return this[pick(kinds)](pick(known))
  }

  one() {
    const id = this.newId()
    return this.deed(['POST', 'parent', { id, text: 'one' }], [`create Parent ${id}`], 201, () =>
      this.parents.set(id, []))
  }

  many() {
    const ids = Array.from({ length: Math.random() < 0.9 ? 2 + below(30) : 400 }, () => this.newId())
    const rows = ids.map((id) => ({ id, text: 'text '.repeat(below(80)) }))
    return this.deed(['POST', 'parent', rows], ids.map((id) => `create Parent ${id}`), 201, () =>
      ids.slice(0, 3).forEach((id) => this.parents.set(id, [])))
  }

  children(parent) {
    const ids = Array.from({ length: 1 + below(5) }, () => this.newId())
    return this.deed(['POST', 'child', ids.map((id) => ({ id, parent_id: parent }))],
      ids.map((id) => `create Child ${id}`), 201, () => this.parents.get(parent).push(...ids))
  }

  change(parent) {
    return this.deed(['PATCH', `parent?id=eq.${parent}`, { text: this.newId() }],
      [`update Parent ${parent}`], 204, () => {})
  }

  changeMany(parent) {
    return this.deed(['PATCH', `child?parent_id=eq.${parent}`, { text: this.newId() }],
      this.parents.get(parent).map((id) => `update Child ${id}`), 204, () => {})
  }

  remove(parent) {
    return this.deed(['DELETE', `parent?id=eq.${parent}`, undefined],
      [`delete Parent ${parent}`, ...this.parents.get(parent).map((id) => `delete Child ${id}`)], 204, () =>
        this.parents.delete(parent))
  }

  merge(parent) {
    const id = this.newId()
    const rows = [{ id: parent, text: id }, { id, text: 'merged' }]
    return this.deed(['POST', 'parent', rows, { Prefer: 'resolution=merge-duplicates' }],
      [`update Parent ${parent}`, `create Parent ${id}`], 201, () => this.parents.set(id, []))
  }

  batch(parent) {
    const [id, first, second] = [this.newId(), this.newId(), this.newId()]
    const body = [
      { method: 'POST', path: 'parent', body: { id, text: 'batch' } },
      { method: 'POST', path: 'child', body: [{ id: first, parent_id: id }, { id: second, parent_id: id }] },
      { method: 'PATCH', path: `parent?id=eq.${parent}`, body: { text: id } },
    ]
    return this.deed(['POST', '', body],
      [`create Parent ${id}`, `create Child ${first}`, `create Child ${second}`, `update Parent ${parent}`], 200,
      () => this.parents.set(id, [first, second]))
  }

  nested(parent) {
    const [id, first, second] = [this.newId(), this.newId(), this.newId()]
    const body = { id, text: 'nested', child: { create: [{ id: first }, { id: second }] } }
    if (Math.random() < 0.5) {
      return this.deed(['POST', 'parent', body],
        [`create Parent ${id}`, `create Child ${first}`, `create Child ${second}`], 201, () =>
          this.parents.set(id, [first, second]))
    }
    return this.deed(['PATCH', `parent?id=eq.${parent}`,
      { text: id, count: { increment: 1 }, child: { create: [{ id: first }] } }],
      [`update Parent ${parent}`, `create Child ${first}`], 204, () => this.parents.get(parent).push(first))
  }

  /** Is refused by what is nested. */
  nestedClash(parent) {
    const [taken] = this.parents.get(parent)
    if (taken === undefined) return this.clash(parent)
    const id = this.newId()
    return this.deed(['POST', 'parent', { id, text: '', child: { create: [{ id: this.newId() }, { id: taken }] } }], [],
      409, () => {})
  }

  /** Is refused at its last row. */
  clash(parent) {
    const rows = [...Array.from({ length: 8 }, () => ({ id: this.newId(), text: 'clash' })), { id: parent, text: '' }]
    return this.deed(['POST', 'parent', rows], [], 409, () => {})
  }

  deed(call, changes, status, learn) {
    return { deed: this.deeds.begin(call, changes, status), learn }
  }

  /** @returns {Promise<number>} the status */
  async act(connection) {
    const { deed, learn } = this.think()
    const [method, path, body, headers] = deed.call
    const reply = await connection.request(method, `/rest/v1/${path}`, body, { 'X-Request-Id': deed.id, ...headers })
    if (reply.status === deed.status) {
      deed.state = 'done'
      learn()
    } else if (reply.status !== 500) {
      deed.state = 'refused'
      if (reply.status !== 503) throw new Error(`${method} ${path}: ${reply.status} ${reply.text}`)
    }
    return reply.status
  }
}
