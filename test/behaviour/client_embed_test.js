// Related rows through the official client, @supabase/supabase-js: every form
// of its query builder that reaches from one table to another, on the demo's
// schema.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'

import { connect } from '../e2e/support/client.js'
import { serveSchema, skip } from '../e2e/support/tenon.js'

const SCHEMA = new URL('../../examples/launchpad/schema.prisma', import.meta.url)
const uuid = (n) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`
const [ACME, OAK] = [uuid(1), uuid(2)]
const [ANN, BEN, CY, DEE] = [uuid(11), uuid(12), uuid(13), uuid(14)]
const [WEB, APP, OPS] = [uuid(21), uuid(22), uuid(23)]
const [BUG, UX, HELP] = [uuid(31), uuid(32), uuid(33)]

const ROWS = {
  organizations: [
    { id: ACME, slug: 'acme', name: 'Acme' },
    { id: OAK, slug: 'oak', name: 'Oak' },
  ],
  people: [
    { id: ANN, organization_id: ACME, email: 'ann@x.org', name: 'Ann', preferences: { theme: 'dark', tabs: [1, 2] } },
    { id: BEN, organization_id: ACME, email: 'ben@x.org', name: 'Ben', preferences: { theme: 'light', tabs: [3] } },
    { id: CY, organization_id: OAK, email: 'cy@x.org', name: 'Cy', preferences: null },
    { id: DEE, organization_id: OAK, email: 'dee@x.org', name: 'Dee', preferences: null },
  ],
  projects: [
    { id: WEB, organization_id: ACME, key: 'WEB', name: 'Website', lead_id: ANN, budget: 1000 },
    { id: APP, organization_id: ACME, key: 'APP', name: 'App', lead_id: BEN, budget: 250.5 },
    { id: OPS, organization_id: OAK, key: 'OPS', name: 'Operations', lead_id: null, budget: null },
  ],
  tasks: [
    [1, WEB, 'Draw the page', ANN, BEN, null, 3],
    [2, WEB, 'Draw the menu', ANN, null, 1, 1],
    [3, WEB, 'Write the text', BEN, ANN, 1, 2],
    [4, APP, 'Draw the icon', BEN, BEN, null, 5],
    [5, APP, 'Ship it', ANN, null, 4, null],
  ].map(([id, project_id, title, creator_id, assignee_id, parent_id, estimate_hours]) => ({
    id, project_id, number: id, title, creator_id, assignee_id, parent_id, estimate_hours,
  })),
  labels: [
    { id: BUG, organization_id: ACME, name: 'bug' },
    { id: UX, organization_id: ACME, name: 'ux' },
    { id: HELP, organization_id: OAK, name: 'help' },
  ],
  task_labels: [
    { task_id: 1, label_id: UX },
    { task_id: 1, label_id: BUG },
    { task_id: 4, label_id: UX },
  ],
  comments: [
    { id: uuid(41), task_id: 1, author_id: BEN, body: 'nice' },
    { id: uuid(42), task_id: 1, author_id: ANN, body: 'thanks' },
    { id: uuid(43), task_id: 3, author_id: BEN, body: 'too long' },
  ],
}

let server
let client

before(async () => {
  if (skip) return
  server = await serveSchema(await readFile(SCHEMA, 'utf8'), ['--aggregates'])
  client = connect(server)
  for (const [table, rows] of Object.entries(ROWS)) {
    const { error } = await client.from(table).insert(rows)
    assert.equal(error, null)
  }
})
after(() => server?.close())

async function dataOf(query) {
  const { data, error } = await query
  assert.equal(error, null)
  return data
}

async function failureOf(query) {
  const { data, error, status, statusText } = await query
  assert.equal(data, null)
  return { status, statusText, ...error }
}

const tasks = (select) => client.from('tasks').select(select).order('id')
const ids = async (query) => (await dataOf(query)).map((row) => row.id).join('')

// --- shapes ----------------------------------------------------------------

test('to one row: an object, or null', { skip }, async () => {
  assert.deepEqual(await dataOf(client.from('projects').select('key, lead_id(name)').order('key')), [
    { key: 'APP', lead_id: { name: 'Ben' } },
    { key: 'OPS', lead_id: null },
    { key: 'WEB', lead_id: { name: 'Ann' } },
  ])
})

test('to many rows: a list in the order of their key', { skip }, async () => {
  assert.deepEqual(await dataOf(client.from('projects').select('key, tasks(id)').order('key')), [
    { key: 'APP', tasks: [{ id: 4 }, { id: 5 }] },
    { key: 'OPS', tasks: [] },
    { key: 'WEB', tasks: [{ id: 1 }, { id: 2 }, { id: 3 }] },
  ])
})

test('through a junction, both ways', { skip }, async () => {
  assert.deepEqual(await dataOf(tasks('id, labels(name)').lte('id', 2)), [
    { id: 1, labels: [{ name: 'bug' }, { name: 'ux' }] },
    { id: 2, labels: [] },
  ])
  assert.deepEqual(await dataOf(client.from('labels').select('name, tasks(id)').order('name')), [
    { name: 'bug', tasks: [{ id: 1 }] },
    { name: 'help', tasks: [] },
    { name: 'ux', tasks: [{ id: 1 }, { id: 4 }] },
  ])
})

test('to itself: the table is the children, the column the parent', { skip }, async () => {
  assert.deepEqual(await dataOf(tasks('id, subtasks:tasks(id), parent:parent_id(id)').in('id', [1, 2])), [
    { id: 1, subtasks: [{ id: 2 }, { id: 3 }], parent: null },
    { id: 2, subtasks: [], parent: { id: 1 } },
  ])
})

test('several levels deep, under names of their own', { skip }, async () => {
  const query = client
    .from('organizations')
    .select('name, work:projects(key, tasks(id, by:people!creator_id(name), comments(body)))')
    .eq('slug', 'acme')
    .single()
  assert.deepEqual(await dataOf(query), {
    name: 'Acme',
    work: [
      {
        key: 'WEB',
        tasks: [
          { id: 1, by: { name: 'Ann' }, comments: [{ body: 'nice' }, { body: 'thanks' }] },
          { id: 2, by: { name: 'Ann' }, comments: [] },
          { id: 3, by: { name: 'Ben' }, comments: [{ body: 'too long' }] },
        ],
      },
      {
        key: 'APP',
        tasks: [
          { id: 4, by: { name: 'Ben' }, comments: [] },
          { id: 5, by: { name: 'Ann' }, comments: [] },
        ],
      },
    ],
  })
})

test('one table twice, told apart by hints', { skip }, async () => {
  const select = 'id, creator:people!tasks_creator_id_fkey(name), assignee:people!assignee_id(name)'
  assert.deepEqual(await dataOf(tasks(select).in('id', [1, 2])), [
    { id: 1, creator: { name: 'Ann' }, assignee: { name: 'Ben' } },
    { id: 2, creator: { name: 'Ann' }, assignee: null },
  ])
})

test('spread: the columns of one row become the outer row’s, of many lists', { skip }, async () => {
  assert.deepEqual(await dataOf(tasks('id, ...projects(project:name, ...organizations(org:name))').eq('id', 4)), [
    { id: 4, project: 'App', org: 'Acme' },
  ])
  assert.deepEqual(await dataOf(client.from('projects').select('key, ...tasks(ids:id, title)').eq('key', 'APP')), [
    { key: 'APP', ids: [4, 5], title: ['Draw the icon', 'Ship it'] },
  ])
})

test('all columns of the related row', { skip }, async () => {
  const [{ labels }] = await dataOf(client.from('task_labels').select('labels(*)').eq('label_id', BUG))
  assert.deepEqual(labels, { id: BUG, organization_id: ACME, name: 'bug', color: '#8a94a6' })
})

// --- filters ---------------------------------------------------------------

test('a filter on related rows leaves the outer ones', { skip }, async () => {
  const query = client.from('projects').select('key, tasks(id)').eq('tasks.assignee_id', BEN).order('key')
  assert.deepEqual(await dataOf(query), [
    { key: 'APP', tasks: [{ id: 4 }] },
    { key: 'OPS', tasks: [] },
    { key: 'WEB', tasks: [{ id: 1 }] },
  ])
})

test('with !inner it decides about the outer ones too, and their number', { skip }, async () => {
  const { data, count } = await client
    .from('projects')
    .select('key, tasks!inner(id)', { count: 'exact' })
    .ilike('tasks.title', 'draw%')
    .order('key')
    .limit(1)
  assert.deepEqual(data, [{ key: 'APP', tasks: [{ id: 4 }] }])
  assert.equal(count, 2)
})

test('!inner through two tables', { skip }, async () => {
  const query = client
    .from('organizations')
    .select('name, projects!inner(key, tasks!inner(id))')
    .eq('projects.tasks.id', 4)
  assert.deepEqual(await dataOf(query), [{ name: 'Acme', projects: [{ key: 'APP', tasks: [{ id: 4 }] }] }])
})

test('is null: rows without related ones, and with', { skip }, async () => {
  assert.equal(await ids(tasks('id, comments()').is('comments', null)), '245')
  assert.equal(await ids(tasks('id, comments()').not('comments', 'is', null)), '13')
  assert.equal(await ids(tasks('id, comments()').is('comments', null).eq('comments.author_id', ANN)), '2345')
})

test('or across tables', { skip }, async () => {
  const query = tasks('id, comments(), labels()').or('labels.not.is.null,comments.not.is.null,title.eq."Ship it"')
  assert.equal(await ids(query), '1345')
})

test('or inside of a related table', { skip }, async () => {
  const query = client
    .from('projects')
    .select('tasks(id)')
    .or('id.eq.1,title.like.*text', { referencedTable: 'tasks' })
    .eq('key', 'WEB')
    .single()
  assert.deepEqual(await dataOf(query), { tasks: [{ id: 1 }, { id: 3 }] })
})

test('places inside of JSON', { skip }, async () => {
  const people = () => client.from('people').select('name, preferences->>theme, tab:preferences->tabs->0')
  assert.deepEqual(await dataOf(people().eq('preferences->>theme', 'dark')), [{ name: 'Ann', theme: 'dark', tab: 1 }])
  const both = await dataOf(people().not('preferences', 'is', null).order('preferences->>theme', { ascending: false }))
  assert.deepEqual(both.map((row) => row.tab), [3, 1])
  const query = tasks('id, people!creator_id!inner(name)').eq('people.preferences->>theme', 'light')
  assert.equal(await ids(query), '34')
})

test('any, all and regular expressions', { skip }, async () => {
  assert.equal(await ids(tasks('id').likeAnyOf('title', ['Ship*', '%text'])), '35')
  assert.equal(await ids(tasks('id').ilikeAllOf('title', ['draw%', '%menu'])), '2')
  assert.equal(await ids(tasks('id').filter('id', 'gt(all)', '{2,4}')), '5')
  assert.equal(await ids(tasks('id').filter('title', 'match', '^Draw.*(page|icon)$')), '14')
  assert.equal(await ids(tasks('id').not('title', 'imatch', '^draw')), '35')
})

test('text search', { skip }, async () => {
  assert.equal(await ids(tasks('id').textSearch('title', 'draw & !menu', { config: 'simple' })), '14')
  assert.equal(await ids(tasks('id').textSearch('title', 'the menu', { type: 'plain', config: 'simple' })), '2')
  assert.equal(await ids(tasks('id').textSearch('title', 'the page', { type: 'phrase', config: 'simple' })), '1')
  assert.equal(await ids(tasks('id').textSearch('title', '"write the" or icon', { type: 'websearch', config: 'simple' })), '34')
})

// --- order and pages -------------------------------------------------------

test('order, limit and range of related rows, for each outer one', { skip }, async () => {
  const query = client
    .from('projects')
    .select('key, tasks(id)')
    .order('key')
    .order('title', { referencedTable: 'tasks', ascending: false })
    .limit(2, { referencedTable: 'tasks' })
  assert.deepEqual(await dataOf(query), [
    { key: 'APP', tasks: [{ id: 5 }, { id: 4 }] },
    { key: 'OPS', tasks: [] },
    { key: 'WEB', tasks: [{ id: 3 }, { id: 1 }] },
  ])
  const second = client.from('projects').select('tasks(id)').range(1, 1, { referencedTable: 'tasks' }).eq('key', 'WEB')
  assert.deepEqual(await dataOf(second), [{ tasks: [{ id: 2 }] }])
})

test('order by a column of the related row', { skip }, async () => {
  const query = client.from('tasks').select('id, people!assignee_id(name)').order('people(name)', { ascending: false, nullsFirst: false }).order('id')
  assert.equal(await ids(query), '14325')
})

test('pages by cursor meet no row twice while rows are inserted', { skip }, async () => {
  const seen = []
  let path = 'people?select=name&order=name.desc&limit=2'
  for (let n = 0; path; n++) {
    const reply = await server.fetch(path, { headers: { Prefer: 'paging=keyset' } })
    assert.equal(reply.status, 200)
    seen.push(...(await reply.json()).map((row) => row.name))
    path = /^<\/rest\/v1\/(.*)>; rel="next"$/.exec(reply.headers.get('link') ?? '')?.[1]
    const person = { id: uuid(90 + n), organization_id: OAK, email: `z${n}@x.org`, name: `Z${n}` }
    await dataOf(client.from('people').insert(person))
  }
  await dataOf(client.from('people').delete().like('name', 'Z%'))
  assert.deepEqual(seen, ['Dee', 'Cy', 'Ben', 'Ann'])
})

// --- aggregates ------------------------------------------------------------

test('aggregates: of all rows, by groups, of related rows', { skip }, async () => {
  assert.deepEqual(await dataOf(client.from('projects').select('count(), budget.sum(), top:budget.max()')), [
    { count: 3, sum: 1250.5, top: 1000 },
  ])
  const groups = client.from('tasks').select('creator_id, n:id.count()').order('creator_id')
  assert.deepEqual(await dataOf(groups), [{ creator_id: ANN, n: 3 }, { creator_id: BEN, n: 2 }])
  const nested = client.from('projects').select('key, tasks(count(), estimate_hours.avg()::text)').eq('key', 'WEB')
  assert.deepEqual(await dataOf(nested), [{ key: 'WEB', tasks: [{ count: 3, avg: '2' }] }])
})

// --- writes ----------------------------------------------------------------

test('what a write hands back has related rows as well', { skip }, async () => {
  const task = { id: 9, project_id: OPS, number: 1, title: 'Call', creator_id: CY }
  const select = 'id, projects(key, lead_id(name)), people!creator_id(name), comments(body)'
  assert.deepEqual(await dataOf(client.from('tasks').insert(task).select(select)), [
    { id: 9, projects: { key: 'OPS', lead_id: null }, people: { name: 'Cy' }, comments: [] },
  ])
  const changed = client.from('tasks').update({ project_id: APP }).eq('id', 9).select('id, projects(key)').single()
  assert.deepEqual(await dataOf(changed), { id: 9, projects: { key: 'APP' } })
  const removed = client.from('tasks').delete().eq('id', 9).select('id, ...projects(key)').single()
  assert.deepEqual(await dataOf(removed), { id: 9, key: 'APP' })
})

test('a write finds its rows by related ones', { skip }, async () => {
  const query = client
    .from('tasks')
    .update({ priority: 'HIGH' })
    .eq('projects.key', 'APP')
    .select('id, projects!inner()')
    .order('id')
  assert.deepEqual(await dataOf(query), [{ id: 4 }, { id: 5 }])
})

// --- what goes wrong -------------------------------------------------------

test('several ways: 300 and a list of them', { skip }, async () => {
  const failure = await failureOf(client.from('tasks').select('people(name)'))
  assert.equal(failure.status, 300)
  assert.equal(failure.statusText, 'Multiple Choices')
  assert.equal(failure.code, 'PGRST201')
  assert.deepEqual(failure.details[0], {
    cardinality: 'many-to-one',
    embedding: 'tasks with people',
    relationship: 'tasks_creator_id_fkey using tasks(creator_id) and people(id)',
  })
  assert.match(failure.hint, /^Try changing 'people' to one of the following: 'people!tasks_creator_id_fkey', /)
})

test('each mistake has the code that clients know', { skip }, async () => {
  const from = (table, select) => client.from(table).select(select)
  const CASES = [
    [from('tasks', 'id, projetcs(name)'), 400, 'PGRST200'],
    [from('tasks', 'id, labels!nope(name)'), 400, 'PGRST200'],
    [from('tasks', 'id').eq('projects.name', 'x'), 400, 'PGRST108'],
    [from('projects', 'key, tasks(id)').order('tasks(id)'), 400, 'PGRST118'],
    [from('projects', 'key, tasks()').eq('tasks', 'x'), 400, 'PGRST120'],
    [from('projects', 'key, tasks(nope)'), 400, '42703'],
    [from('projects', 'key, tasks(id'), 400, 'PGRST100'],
    [from('projects', 'key->x'), 404, '42883'],
    [from('projects', 'key.sum()'), 404, '42883'],
    [from('projects', 'created_at::int'), 400, '42846'],
    [from('projects', 'key, count()').order('name'), 400, '42803'],
  ]
  for (const [query, status, code] of CASES) {
    const failure = await failureOf(query)
    assert.deepEqual([failure.status, failure.code], [status, code])
  }
})

test('a hundred levels are refused before anything is asked', { skip }, async () => {
  const deep = 'tasks(id,'.repeat(100) + 'title' + ')'.repeat(100)
  const failure = await failureOf(client.from('tasks').select(`id,${deep}`))
  assert.equal(failure.code, 'PGRST100')
  assert.equal(failure.message, 'tables are embedded more than 8 deep')
})
