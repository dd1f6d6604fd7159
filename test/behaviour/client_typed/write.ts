// Every write of the query builder. Each test leaves what it found.

import assert from 'node:assert/strict'

import type { Database, Operator, TablesInsert, TablesUpdate } from '../../../examples/launchpad/database.types.ts'
import type { TablesInsert as Insert, TablesUpdate as Update } from '../../golden/generate/kiosk/database.types.ts'
import { ACME, ANN, APP, as, BUG, CY, dataOf, demo, failureOf, kiosk, OPS, same, test, typed } from './world.ts'

const TASK: TablesInsert<'tasks'> = { id: 90, project_id: OPS, number: 1, title: 'Call', creator_id: CY }

async function remove(): Promise<void> {
  const { error } = await demo.from('tasks').delete().gte('id', 90)
  assert.equal(error, null)
}

// --- what may be sent ------------------------------------------------------

test('an insert has what must be given, and may have what has a default', async () => {
  typed<{
    id?: number
    project_id: string
    number: number
    title: string
    description?: string | null
    status?: 'BACKLOG' | 'TODO' | 'IN_PROGRESS' | 'IN_REVIEW' | 'DONE' | 'CANCELLED'
    priority?: 'LOW' | 'MEDIUM' | 'HIGH' | 'URGENT'
    creator_id: string
    assignee_id?: string | null
    parent_id?: number | null
    estimate_hours?: number | null
    due_at?: string | null
    completed_at?: string | null
    created_at?: string
    updated_at?: string
  }>()(TASK as Omit<typeof TASK, keyof Database['public']['Tables']['tasks']['Related']>)
  // @ts-expect-error: a label has a name
  assert.equal((await failureOf(demo.from('labels').insert({ organization_id: ACME }))).code, '23502')
  // @ts-expect-error: which is text
  assert.equal((await failureOf(demo.from('labels').insert({ organization_id: ACME, name: null }))).code, '23502')
  const extra = { organization_id: ACME, name: 'x', colour: 'red' }
  // @ts-expect-error: and no colour
  assert.equal((await failureOf(demo.from('labels').insert(extra))).code, 'PGRST204')
})

test('an update has what may be changed', async () => {
  typed<string | Operator<string> | undefined>()(undefined as TablesUpdate<'tasks'>['title'])
  typed<true>()(true as 'made at' extends keyof Insert<'products'> ? true : false)
  typed<false>()(false as 'made at' extends keyof Update<'products'> ? true : false)
  typed<true>()(true as 'cost' extends keyof Insert<'products'> ? true : false)
  typed<true>()(true as 'cost' extends keyof Update<'products'> ? true : false)
  typed<false>()(false as 'pin' extends keyof Insert<'products'> ? true : false)
  const late = { name: 'Tea', 'made at': '2020-01-01T00:00:00Z' }
  // @ts-expect-error: when it was made is said once
  assert.equal((await failureOf(kiosk.from('products').update(late).eq('id', 1))).code, '42501')
  // @ts-expect-error: passwords are not written here
  const pin = await kiosk.from('products').update({ pin: '1234' }).eq('id', 1)
  assert.ok(pin.error)
})

test('an update may change what is there', async () => {
  await demo.from('tasks').insert({ ...TASK, estimate_hours: 1.5 })
  const more = demo.from('tasks').update({ estimate_hours: { multiply: 3 }, title: { set: 'Ring' } })
  same(await dataOf(more.eq('id', 90).select('estimate_hours, title').single()),
    as<{ estimate_hours: number | null; title: string }>({ estimate_hours: 4.5, title: 'Ring' }))
  const none = demo.from('tasks').update({ estimate_hours: { unset: true } })
  assert.equal((await none.eq('id', 90)).error, null)
  // @ts-expect-error: a title is no number
  assert.equal((await failureOf(demo.from('tasks').update({ title: { increment: 1 } }).eq('id', 90))).code, '42804')
  // @ts-expect-error: and has to be
  assert.equal((await failureOf(demo.from('tasks').update({ title: { unset: true } }).eq('id', 90))).code, '23502')
  await remove()
})

// --- rows in rows ----------------------------------------------------------

test('rows with others nested in them', async () => {
  const made = await dataOf(demo.from('projects').insert({
    key: 'NEW',
    name: 'New',
    organization: { connect: { slug: 'acme' } },
    tasks: {
      create: [
        { id: 91, number: 1, title: 'One', creator: { connect: { id: ANN } } },
        { id: 92, number: 2, title: 'Two', creator_id: CY, subtasks: { connect: { id: 1 } } },
      ],
    },
  }).select('id, organization_id, tasks(title)').single())
  same({ organization_id: made.organization_id, tasks: made.tasks },
    as<{ organization_id: string; tasks: { title: string }[] }>({ organization_id: ACME, tasks: [{ title: 'One' }, { title: 'Two' }] }))
  const changed = demo.from('projects').update({ name: 'Old', tasks: { updateMany: { where: {}, data: { title: { set: 'Same' } } } } })
  same(await dataOf(changed.eq('id', made.id).select('name, tasks(title)').single()),
    as<{ name: string; tasks: { title: string }[] }>({ name: 'Old', tasks: [{ title: 'Same' }, { title: 'Same' }] }))
  // @ts-expect-error: there is no such operation
  assert.equal((await failureOf(demo.from('projects').update({ tasks: { remove: {} } }).eq('id', made.id))).code, 'PGRST102')
  // @ts-expect-error: and no such column
  assert.equal((await failureOf(demo.from('projects').update({ tasks: { create: { colour: 'red' } } }).eq('id', made.id))).code, 'PGRST204')
  await demo.from('tasks').update({ parent_id: null }).eq('id', 1)
  assert.equal((await demo.from('projects').update({ tasks: { deleteMany: {} } }).eq('id', made.id)).error, null)
  assert.equal((await demo.from('projects').delete().eq('id', made.id)).error, null)
})

// --- insert ----------------------------------------------------------------

test('insert: nothing comes back', async () => {
  const { data, status, statusText, count } = await demo.from('tasks').insert(TASK)
  typed<null>()(data)
  assert.deepEqual([data, status, statusText, count], [null, 201, 'Created', null])
  await remove()
})

test('insert and select: the row, with related ones', async () => {
  const row = demo.from('tasks').insert(TASK).select('id, status, projects(key), comments(body)').single()
  same(await dataOf(row), as<{
    id: number
    status: 'BACKLOG' | 'TODO' | 'IN_PROGRESS' | 'IN_REVIEW' | 'DONE' | 'CANCELLED'
    projects: { key: string }
    comments: { body: string }[]
  }>({ id: 90, status: 'BACKLOG', projects: { key: 'OPS' }, comments: [] }))
  await remove()
})

test('insert: several, counted, with defaults for what a row lacks', async () => {
  const rows: TablesInsert<'tasks'>[] = [TASK, { ...TASK, id: 91, number: 2, priority: 'HIGH' }]
  const { data, count } = await demo.from('tasks').insert(rows, { count: 'exact', defaultToNull: false }).select('id, priority')
  assert.equal(count, 2)
  same(data!, as<{ id: number; priority: 'LOW' | 'MEDIUM' | 'HIGH' | 'URGENT' }[]>([
    { id: 90, priority: 'MEDIUM' },
    { id: 91, priority: 'HIGH' },
  ]))
  await remove()
  assert.equal((await failureOf(demo.from('tasks').insert(rows))).code, '23502')
  for (const count of ['planned', 'estimated'] as const) {
    assert.equal((await demo.from('tasks').insert(TASK, { count })).error, null)
    await remove()
  }
})

test('insert: nothing', async () => {
  const { data, status } = await demo.from('tasks').insert([]).select()
  assert.deepEqual([data, status], [[], 201])
})

test('insert: large numbers, lists, JSON and bytes', async () => {
  const row = { id: 9, name: 'Cake', tags: ['a,b', '"c"', ''], kinds: ['food'], extra: { a: [1, null] }, image: '\\x00ff' } satisfies Insert<'products'>
  const made = await dataOf(kiosk.from('products').insert(row).select('tags, kinds, extra, image, sizes').single())
  assert.deepEqual(made, { tags: ['a,b', '"c"', ''], kinds: ['food'], extra: { a: [1, null] }, image: '\\x00ff', sizes: [38, 40] })
  assert.equal((await kiosk.from('products').delete().eq('id', 9)).status, 204)
})

// --- upsert ----------------------------------------------------------------

test('upsert: by the primary key, and by another one', async () => {
  const first = await demo.from('tasks').upsert(TASK).select('title').single()
  assert.equal(first.status, 201)
  const again = await demo.from('tasks').upsert({ ...TASK, title: 'Call again' }).select('title').single()
  assert.equal(again.status, 200)
  same(again.data!, as<{ title: string }>({ title: 'Call again' }))
  const { id: _, ...unnumbered } = TASK
  const other = { ...unnumbered, title: 'Call later' }
  const byNumber = await demo.from('tasks').upsert(other, { onConflict: 'project_id,number', count: 'exact' }).select('id, title')
  assert.equal(byNumber.count, 1)
  same(byNumber.data!, as<{ id: number; title: string }[]>([{ id: 90, title: 'Call later' }]))
  await remove()
})

test('upsert: several, where those that are there stay', async () => {
  const rows: TablesInsert<'tasks'>[] = [TASK, { ...TASK, id: 1, number: 2 }]
  const { data, status } = await demo.from('tasks').upsert(rows, { ignoreDuplicates: true, defaultToNull: false }).select('id')
  assert.equal(status, 201)
  same(data!, as<{ id: number }[]>([{ id: 90 }]))
  assert.equal((await dataOf(demo.from('tasks').select('title').eq('id', 1).single())).title, 'Draw the page')
  await remove()
})

// --- update, delete --------------------------------------------------------

test('update: nothing comes back, or the rows, or their number', async () => {
  await demo.from('tasks').insert(TASK)
  const silent = await demo.from('tasks').update({ title: 'Ring' }).eq('id', 90)
  typed<null>()(silent.data)
  assert.deepEqual([silent.data, silent.status], [null, 204])
  const { data, count } = await demo.from('tasks').update({ description: null, estimate_hours: 1.5 }, { count: 'exact' }).eq('id', 90)
    .select('title, hours:estimate_hours, projects(key)')
  assert.equal(count, 1)
  same(data!, as<{ title: string; hours: number | null; projects: { key: string } }[]>([
    { title: 'Ring', hours: 1.5, projects: { key: 'OPS' } },
  ]))
  same(await dataOf(demo.from('tasks').update({ number: 7 }).eq('id', 99).select('id')), as<{ id: number }[]>([]))
  assert.equal((await failureOf(demo.from('tasks').update({ number: 7 }))).code, '21000')
  // @ts-expect-error: no such column
  assert.equal((await failureOf(demo.from('tasks').update({ titel: 'x' }).eq('id', 90))).code, 'PGRST204')
  await remove()
})

test('update: one row or none at all', async () => {
  const several = demo.from('tasks').update({ priority: 'LOW' }).eq('project_id', APP).select('id').single()
  assert.equal((await failureOf(several)).code, 'PGRST116')
  const none = demo.from('tasks').update({ priority: 'LOW' }).eq('id', 99).select('id').maybeSingle()
  same(await dataOf(none), as<{ id: number } | null>(null))
})

test('delete: nothing comes back, or the rows, or their number', async () => {
  await demo.from('tasks').insert([TASK, { ...TASK, id: 91, number: 2 }])
  const { data, count } = await demo.from('tasks').delete({ count: 'exact' }).eq('id', 91).select('id, people!creator_id(name)')
  assert.equal(count, 1)
  same(data!, as<{ id: number; people: { name: string } }[]>([{ id: 91, people: { name: 'Cy' } }]))
  const silent = await demo.from('tasks').delete().eq('id', 90)
  typed<null>()(silent.data)
  assert.deepEqual([silent.data, silent.status], [null, 204])
  assert.equal((await failureOf(demo.from('tasks').delete())).code, '21000')
})

// --- what goes wrong -------------------------------------------------------

test('errors say what PostgreSQL says', async () => {
  const twice = await failureOf(demo.from('labels').insert({ id: BUG, organization_id: ACME, name: 'new' }))
  assert.deepEqual([twice.status, twice.code, twice.details], [409, '23505', `Key (id)=(${BUG}) already exists.`])
  const orphan = await failureOf(demo.from('labels').insert({ organization_id: ANN, name: 'new' }))
  assert.deepEqual([orphan.status, orphan.code], [409, '23503'])
  const invalid = await failureOf(demo.from('labels').insert({ organization_id: ACME, name: 'new', color: 'red' }))
  assert.deepEqual([invalid.status, invalid.code], [400, '23514'])
})
