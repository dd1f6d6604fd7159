// Every modifier of the query builder.

import assert from 'node:assert/strict'

import { ENGINE } from '../../e2e/support/tenon.js'
import { APP, as, dataOf, demo, failureOf, kiosk, same, test, WEB } from './world.ts'

const tasks = () => demo.from('tasks').select('id')

test('order: ascending, descending, where nulls are, by several, by a related row', async () => {
  const order = async (query: PromiseLike<{ data: { id: number }[] | null }>) => (await query).data?.map((row) => row.id).join('')
  assert.equal(await order(tasks().order('id')), '12345')
  assert.equal(await order(tasks().order('id', { ascending: false })), '54321')
  assert.equal(await order(tasks().order('estimate_hours', { nullsFirst: true })), '52314')
  assert.equal(await order(tasks().order('estimate_hours', { ascending: false, nullsFirst: false })), '41325')
  assert.equal(await order(tasks().order('project_id', { ascending: false }).order('id', { ascending: false })), '54321')
  const byLead = demo.from('tasks').select('id, people!creator_id(name)').order('people(name)', { ascending: false }).order('id')
  assert.equal(await order(byLead), '34125')
  assert.equal((await failureOf(tasks().order('titel'))).code, '42703')
})

test('order: by JSON and by places in it', async () => {
  const order = async (column: string, ascending = true) =>
    (await dataOf(kiosk.from('products').select('id').order(column, { ascending }))).map((row) => row.id).join('')
  assert.equal(await order('extra'), '312')
  assert.equal(await order('extra', false), '213')
  assert.equal(await order('extra->cups'), '213')
  assert.equal(await order('extra->>cups', false), '312')
  assert.equal((await failureOf(kiosk.from('products').select('id').order('tags'))).code, '42883')
  const written = kiosk.from('products').update({ cost: 4 }).gt('id', 0).select('id').order('extra')
  same(await dataOf(written), as<{ id: number }[]>([{ id: 3 }, { id: 1 }, { id: 2 }]))
})

test('order, limit and range of related rows', async () => {
  const referencedTable = 'tasks'
  const projects = () => demo.from('projects').select('key, tasks(id)').eq('id', WEB).single()
  const query = demo
    .from('projects')
    .select('key, tasks(id)')
    .order('id', { referencedTable, ascending: false })
    .limit(2, { referencedTable })
    .eq('id', WEB)
    .single()
  same(await dataOf(query), as<{ key: string; tasks: { id: number }[] }>({ key: 'WEB', tasks: [{ id: 3 }, { id: 2 }] }))
  const second = demo.from('projects').select('key, tasks(id)').range(1, 1, { referencedTable }).eq('id', WEB).single()
  same(await dataOf(second), as<{ key: string; tasks: { id: number }[] }>({ key: 'WEB', tasks: [{ id: 2 }] }))
  assert.equal((await dataOf(projects())).tasks.length, 3)
})

test('limit, range', async () => {
  same(await dataOf(tasks().order('id').limit(2)), as<{ id: number }[]>([{ id: 1 }, { id: 2 }]))
  same(await dataOf(tasks().order('id').limit(0)), as<{ id: number }[]>([]))
  same(await dataOf(tasks().order('id').range(3, 9)), as<{ id: number }[]>([{ id: 4 }, { id: 5 }]))
  const beyond = await demo.from('tasks').select('id', { count: 'exact' }).range(9, 19)
  assert.deepEqual([beyond.status, beyond.error?.code], [416, 'PGRST103'])
})

test('single', async () => {
  same(await dataOf(tasks().eq('id', 1).single()), as<{ id: number }>({ id: 1 }))
  for (const query of [tasks().eq('id', 99).single(), tasks().single()]) {
    const { status, code } = await failureOf(query)
    assert.deepEqual([status, code], [406, 'PGRST116'])
  }
})

test('maybeSingle', async () => {
  same(await dataOf(tasks().eq('id', 1).maybeSingle()), as<{ id: number } | null>({ id: 1 }))
  same(await dataOf(tasks().eq('id', 99).maybeSingle()), as<{ id: number } | null>(null))
  assert.equal((await failureOf(tasks().maybeSingle())).code, 'PGRST116')
})

test('csv', async () => {
  same(await dataOf(demo.from('tasks').select('id, title, parent_id').lte('id', 2).order('id').csv()),
    as<string>('id,title,parent_id\n1,"Draw the page",\n2,"Draw the menu",1'))
})

test('stripNulls', async () => {
  const data = await dataOf(demo.from('tasks').select('id, parent_id').lte('id', 2).order('id').stripNulls())
  assert.deepEqual(data, [{ id: 1 }, { id: 2, parent_id: 1 }])
  const one = await dataOf(demo.from('tasks').select('id, parent_id').eq('id', 1).single().stripNulls())
  assert.deepEqual(one, { id: 1 })
})

test('geojson is for PostGIS', async () => {
  const { status, code } = await failureOf(tasks().geojson())
  assert.deepEqual([status, code], [406, 'PGRST107'])
})

test('explain', async () => {
  const { data: text } = await tasks().eq('id', 1).explain()
  assert.match(String(text), ENGINE === 'sqlite' ? /SEARCH/ : /cost=/)
  const options = { format: 'json', analyze: true, verbose: true, settings: true, buffers: true, wal: true } as const
  const { data: plan } = await tasks().eq('id', 1).explain(options)
  assert.ok(Array.isArray(plan))
})

test('abortSignal', async () => {
  same(await dataOf(tasks().eq('id', 1).abortSignal(AbortSignal.timeout(10_000))), as<{ id: number }[]>([{ id: 1 }]))
  const { error, status } = await tasks().abortSignal(AbortSignal.abort())
  assert.equal(status, 0)
  assert.match(error?.message ?? '', /AbortError/)
})

test('throwOnError', async () => {
  const { data } = await tasks().eq('id', 1).throwOnError()
  same(data, as<{ id: number }[]>([{ id: 1 }]))
  await assert.rejects(async () => tasks().eq('id', 99).single().throwOnError(), { code: 'PGRST116' })
})

test('overrideTypes, returns', async () => {
  const merged = tasks().eq('id', 1).overrideTypes<{ id: 1 | 2 }[]>()
  same(await dataOf(merged), as<{ id: 1 | 2 }[]>([{ id: 1 }]))
  const replaced = tasks().eq('id', 1).overrideTypes<{ id: 1 }[], { merge: false }>()
  same(await dataOf(replaced), as<{ id: 1 }[]>([{ id: 1 }]))
  const one = demo.from('people').select('preferences').eq('email', 'ann@x.org').single()
    .overrideTypes<{ preferences: { theme: string; tabs: number[] } }>()
  const { preferences } = await dataOf(one)
  assert.equal(preferences.theme, 'dark')
  const returned = tasks().eq('id', 1).returns<{ id: 1 }[]>()
  same(await dataOf(returned), as<{ id: 1 }[]>([{ id: 1 }]))
  const wrong = await dataOf(tasks().eq('id', 1).returns<{ id: 1 }>())
  // @ts-expect-error: a list is not one row
  assert.equal(wrong.id, undefined)
})

test('rollback', async () => {
  const { data, error } = await demo.from('labels').update({ name: 'changed' }).eq('name', 'bug').select('name').rollback()
  assert.equal(error, null)
  same(data!, as<{ name: string }[]>([{ name: 'changed' }]))
  const { count } = await demo.from('labels').select('*', { count: 'exact', head: true }).eq('name', 'bug')
  assert.equal(count, 1)
})

test('maxAffected', async () => {
  const many = demo.from('tasks').update({ priority: 'HIGH' }).eq('project_id', APP).maxAffected(1)
  assert.equal((await failureOf(many)).code, 'PGRST124')
  const few = await demo.from('tasks').update({ priority: 'HIGH' }).eq('id', 4).maxAffected(1).select('id')
  same(few.data!, as<{ id: number }[]>([{ id: 4 }]))
  assert.equal((await failureOf(demo.from('tasks').delete().gt('id', 0).maxAffected(2))).code, 'PGRST124')
  const read = tasks().eq('id', 1)
  // @ts-expect-error: a read affects nothing
  read.maxAffected(1).select
})

test('setHeader, retry', async () => {
  const berlin = kiosk.from('products').select('id').eq('id', 1).setHeader('Prefer', 'timezone=Europe/Berlin').retry(false)
  same(await dataOf(berlin), as<{ id: number }[]>([{ id: 1 }]))
})

test('schema', async () => {
  same(await dataOf(demo.schema('public').from('tasks').select('id').eq('id', 1)), as<{ id: number }[]>([{ id: 1 }]))
  const called = await dataOf(demo.schema('public').rpc('count_tasks', { project: WEB }))
  assert.equal(called[0]?.status, 'BACKLOG')
  // @ts-expect-error: there is no such schema
  const elsewhere = demo.schema('elsewhere').from('tasks').select('id')
  const { status, code } = await failureOf(elsewhere)
  assert.deepEqual([status, code], [406, 'PGRST106'])
})

test('getOpenApiSpec', async () => {
  const { data, error } = await demo.getOpenApiSpec()
  assert.equal(error, null)
  assert.equal(data?.swagger, '2.0')
  assert.ok(data?.paths['/tasks'] && data.paths['/rpc/count_tasks'] && data.definitions?.tasks)
  const shown = await kiosk.schema('public').getOpenApiSpec()
  assert.ok(shown.data?.paths['/products'])
})
