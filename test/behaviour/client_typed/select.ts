// What select can say, and the types that come of it.

import assert from 'node:assert/strict'

import type { Database, Json, Tables } from '../../../examples/launchpad/database.types.ts'
import type { Tables as KioskTables } from '../../golden/generate/kiosk/database.types.ts'
import { ACME, ANN, APP, as, BEN, BUG, dataOf, demo, failureOf, kiosk, same, test, typed, UX, WEB } from './world.ts'

type Task = Database['public']['Tables']['tasks']['Row']

const task = (id: number) => demo.from('tasks').select().eq('id', id).single()

// --- columns ---------------------------------------------------------------

test('select: all columns', async () => {
  const rows = await dataOf(demo.from('tasks').select().order('id'))
  typed<Task[]>()(rows)
  typed<Tables<'tasks'>[]>()(rows)
  assert.deepEqual(rows.map((row) => row.id), [1, 2, 3, 4, 5])
  const star = await dataOf(demo.from('labels').select('*').eq('id', BUG))
  same(star, as<{ id: string; organization_id: string; name: string; color: string }[]>([
    { id: BUG, organization_id: ACME, name: 'bug', color: '#8a94a6' },
  ]))
})

test('select: some columns, with spaces and under other names', async () => {
  same(await dataOf(demo.from('tasks').select('id, name:title, parent_id').lte('id', 2).order('id')),
    as<{ id: number; name: string; parent_id: number | null }[]>([
      { id: 1, name: 'Draw the page', parent_id: null },
      { id: 2, name: 'Draw the menu', parent_id: 1 },
    ]))
})

test('select: the values of enums', async () => {
  const { status, priority } = await dataOf(task(1))
  same({ status, priority }, as<{
    status: 'BACKLOG' | 'TODO' | 'IN_PROGRESS' | 'IN_REVIEW' | 'DONE' | 'CANCELLED'
    priority: 'LOW' | 'MEDIUM' | 'HIGH' | 'URGENT'
  }>({ status: 'BACKLOG', priority: 'MEDIUM' }))
})

test('select: casts', async () => {
  same(await dataOf(demo.from('tasks').select('id::text, hours:estimate_hours::text, done:completed_at').eq('id', 1)),
    as<{ id: string; hours: string; done: string | null }[]>([{ id: '1', hours: '3', done: null }]))
})

test('select: places inside of JSON', async () => {
  const people = demo.from('people').select('name, preferences->>theme, tab:preferences->tabs->0').eq('id', ANN)
  same(await dataOf(people), as<{ name: string; theme: string; tab: Json }[]>([{ name: 'Ann', theme: 'dark', tab: 1 }]))
})

test('select: lists, and what else the demo lacks', async () => {
  const { made: _, ...tea } = await dataOf(kiosk.from('products').select('*, made:"made at"').eq('id', 1).single())
  const { 'made at': when, ...rest } = tea
  same(rest, as<{
    id: number
    name: string
    tags: string[]
    sizes: number[]
    kind: 'DRINK' | 'food'
    kinds: ('DRINK' | 'food')[]
    price: number | null
    extra: Json
    image: string | null
  }>({
    id: 1, name: 'Tea', tags: ['hot', 'green'], sizes: [38, 40], kind: 'DRINK', kinds: ['DRINK'], price: 2.5,
    extra: { cups: 2 }, image: null,
  }))
  typed<string>()(when)
  assert.match(when, /^\d{4}-/)
})

test('select: an @omit column and a computed field come when they are named', async () => {
  same(await dataOf(kiosk.from('products').select('name, note, ticket').eq('id', 1)),
    as<{ name: string; note: string | null; ticket: string | null }[]>([
      { name: 'Tea', note: 'from Uji', ticket: 'Tea #1' },
    ]))
  const all = await dataOf(kiosk.from('products').select().eq('id', 1).single())
  assert.ok(!('note' in all) && !('ticket' in all))
  // @ts-expect-error: * leaves it out
  assert.equal(all.note, undefined)
  // @ts-expect-error: and this
  assert.equal(all.ticket, undefined)
  typed<string | null>()(null as KioskTables<'products'>['note'])
})

test('select: what is never read is no column', async () => {
  const pin = kiosk.from('products').select('pin')
  assert.equal((await failureOf(pin)).code, '42501')
  const cost = await kiosk.from('products').select('id, cost')
  // @ts-expect-error: the type says that there is no such column
  assert.equal(cost.data?.[0]?.cost, undefined)
  assert.equal(cost.error?.code, '42501')
})

test('select: what is not there', async () => {
  const wrong = await demo.from('tasks').select('id, titel')
  // @ts-expect-error: the type says that there is no such column
  assert.equal(wrong.data?.[0]?.titel, undefined)
  assert.equal(wrong.error?.code, '42703')
  // @ts-expect-error: there is no such table
  const nowhere = await demo.from('task').select()
  assert.equal(nowhere.error?.code, 'PGRST205')
})

// --- counts ----------------------------------------------------------------

test('select: count, with and without rows', async () => {
  for (const count of ['exact', 'planned', 'estimated'] as const) {
    const { data, count: total, error } = await demo.from('tasks').select('id', { count }).limit(2).order('id')
    assert.equal(error, null)
    same(data!, as<{ id: number }[]>([{ id: 1 }, { id: 2 }]))
    typed<number | null>()(total)
    if (count !== 'planned') assert.equal(total, 5)
    else assert.ok(total! >= 0)
  }
  const head = await demo.from('tasks').select('*', { count: 'exact', head: true }).eq('project_id', WEB)
  assert.deepEqual([head.data, head.count, head.status], [null, 3, 200])
})

// --- related rows ----------------------------------------------------------

test('embeds: to one row', async () => {
  same(await dataOf(demo.from('tasks').select('id, projects(key, organizations(name))').eq('id', 4).single()),
    as<{ id: number; projects: { key: string; organizations: { name: string } } }>(
      { id: 4, projects: { key: 'APP', organizations: { name: 'Acme' } } }))
  same(await dataOf(demo.from('projects').select('key, people(name)').order('key')),
    as<{ key: string; people: { name: string } | null }[]>([
      { key: 'APP', people: { name: 'Ben' } },
      { key: 'OPS', people: null },
      { key: 'WEB', people: { name: 'Ann' } },
    ]))
  same(await dataOf(demo.from('projects').select('key, lead_id(name)').eq('id', WEB)),
    as<{ key: string; lead_id: { name: string } | null }[]>([{ key: 'WEB', lead_id: { name: 'Ann' } }]))
})

test('embeds: to many rows', async () => {
  same(await dataOf(demo.from('projects').select('key, work:tasks(id, title)').eq('id', APP)),
    as<{ key: string; work: { id: number; title: string }[] }[]>([
      { key: 'APP', work: [{ id: 4, title: 'Draw the icon' }, { id: 5, title: 'Ship it' }] },
    ]))
})

test('embeds: one of several ways, by hints', async () => {
  const select = 'id, creator:people!tasks_creator_id_fkey(name), assignee:people!assignee_id(name)'
  same(await dataOf(demo.from('tasks').select(select).in('id', [1, 2]).order('id')),
    as<{ id: number; creator: { name: string }; assignee: { name: string } | null }[]>([
      { id: 1, creator: { name: 'Ann' }, assignee: { name: 'Ben' } },
      { id: 2, creator: { name: 'Ann' }, assignee: null },
    ]))
  const several = await demo.from('tasks').select('id, people(name)')
  // @ts-expect-error: the type says that there are several ways
  assert.equal(several.data?.[0]?.people.name, undefined)
  assert.equal(several.error?.code, 'PGRST201')
})

test('embeds: !inner and !left', async () => {
  same(await dataOf(demo.from('tasks').select('id, who:people!assignee_id!inner(name)').eq('who.name', 'Ben').order('id')),
    as<{ id: number; who: { name: string } }[]>([
      { id: 1, who: { name: 'Ben' } },
      { id: 4, who: { name: 'Ben' } },
    ]))
  same(await dataOf(demo.from('projects').select('key, tasks!inner(id)').eq('tasks.id', 4)),
    as<{ key: string; tasks: { id: number }[] }[]>([{ key: 'APP', tasks: [{ id: 4 }] }]))
  same(await dataOf(demo.from('projects').select('key, tasks!left(id)').eq('tasks.id', 4).neq('key', 'OPS').order('key')),
    as<{ key: string; tasks: { id: number }[] }[]>([
      { key: 'APP', tasks: [{ id: 4 }] },
      { key: 'WEB', tasks: [] },
    ]))
})

test('embeds: through a table between', async () => {
  same(await dataOf(demo.from('tasks').select('id, labels(name)').eq('id', 1)),
    as<{ id: number; labels: { name: string }[] }[]>([{ id: 1, labels: [{ name: 'bug' }, { name: 'ux' }] }]))
  same(await dataOf(demo.from('labels').select('name, tasks(id)').eq('id', UX).single()),
    as<{ name: string; tasks: { id: number }[] }>({ name: 'ux', tasks: [{ id: 1 }, { id: 4 }] }))
})

test('embeds: through a table between that is no model', async () => {
  same(await dataOf(kiosk.from('products').select('name, shelves(label)').eq('id', 1)),
    as<{ name: string; shelves: { label: string }[] }[]>([{ name: 'Tea', shelves: [] }]))
  same(await dataOf(kiosk.from('shelves').select('label, products(name)')),
    as<{ label: string; products: { name: string }[] }[]>([{ label: 'Top', products: [] }]))
  // @ts-expect-error: the table between is none to ask for
  const between = await kiosk.from('_ProductToShelf').select()
  assert.equal(between.error?.code, 'PGRST205')
})

test('embeds: one row for one', async () => {
  same(await dataOf(kiosk.from('products').select('name, recipes(steps)').in('id', [1, 3]).order('id')),
    as<{ name: string; recipes: { steps: string[] } | null }[]>([
      { name: 'Tea', recipes: { steps: ['boil', 'wait'] } },
      { name: 'Air', recipes: null },
    ]))
  same(await dataOf(kiosk.from('recipes').select('products(name)').eq('product_id', 1).single()),
    as<{ products: { name: string } }>({ products: { name: 'Tea' } }))
})

test('embeds: a table in itself', async () => {
  same(await dataOf(demo.from('tasks').select('id, tasks(id), parent_id(title)').in('id', [1, 5]).order('id')),
    as<{ id: number; tasks: { id: number }[]; parent_id: { title: string } | null }[]>([
      { id: 1, tasks: [{ id: 2 }, { id: 3 }], parent_id: null },
      { id: 5, tasks: [], parent_id: { title: 'Draw the icon' } },
    ]))
})

test('embeds: nothing of them', async () => {
  same(await dataOf(demo.from('tasks').select('id, comments()').not('comments', 'is', null).order('id')),
    as<{ id: number }[]>([{ id: 1 }, { id: 3 }]))
})

test('embeds: spread into the outer row', async () => {
  same(await dataOf(demo.from('tasks').select('id, ...projects(project:name, ...organizations(org:name))').eq('id', 4)),
    as<{ id: number; project: string; org: string }[]>([{ id: 4, project: 'App', org: 'Acme' }]))
  same(await dataOf(demo.from('projects').select('key, ...people(lead:name)').neq('key', 'APP').order('key')),
    as<{ key: string; lead: string | null }[]>([
      { key: 'OPS', lead: null },
      { key: 'WEB', lead: 'Ann' },
    ]))
  same(await dataOf(demo.from('projects').select('key, ...tasks(ids:id, title)').eq('id', APP)),
    as<{ key: string; ids: number[]; title: string[] }[]>([{ key: 'APP', ids: [4, 5], title: ['Draw the icon', 'Ship it'] }]))
})

test('embeds: no way leads there', async () => {
  const lost = await demo.from('labels').select('name, comments(body)')
  // @ts-expect-error: the type says so
  assert.equal(lost.data?.[0]?.comments[0]?.body, undefined)
  assert.equal(lost.error?.code, 'PGRST200')
})

// --- aggregates ------------------------------------------------------------

test('aggregates', async () => {
  same(await dataOf(demo.from('projects').select('count(), budget.sum(), top:budget.max(), budget.avg(), budget.min()').single()),
    as<{ count: number; sum: number; top: number; avg: number; min: number }>(
      { count: 3, sum: 1250.5, top: 1000, avg: 625.25, min: 250.5 }))
  same(await dataOf(demo.from('tasks').select('creator_id, n:id.count()').order('creator_id')),
    as<{ creator_id: string; n: number }[]>([{ creator_id: ANN, n: 3 }, { creator_id: BEN, n: 2 }]))
  same(await dataOf(demo.from('projects').select('key, tasks(count(), estimate_hours.sum()::text)').eq('id', WEB)),
    as<{ key: string; tasks: { count: number; sum: string }[] }[]>([{ key: 'WEB', tasks: [{ count: 3, sum: '6' }] }]))
})
