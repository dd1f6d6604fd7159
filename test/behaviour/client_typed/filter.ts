// Every filter of the query builder.

import assert from 'node:assert/strict'

import { ANN, APP, BEN, dataOf, demo, failureOf, kiosk, test, WEB } from './world.ts'

const tasks = () => demo.from('tasks').select('id').order('id')
const products = () => kiosk.from('products').select('id').order('id')

/** The ids of the rows, as one word. */
async function ids(query: PromiseLike<{ data: { id: number }[] | null; error: unknown }>): Promise<string> {
  const { data, error } = await query
  assert.equal(error, null)
  return (data ?? []).map((row) => row.id).join('')
}

test('eq, neq', async () => {
  assert.equal(await ids(tasks().eq('project_id', APP)), '45')
  assert.equal(await ids(tasks().neq('project_id', APP)), '123')
  assert.equal(await ids(tasks().eq('status', 'BACKLOG').eq('number', 3)), '3')
  // @ts-expect-error: no such column
  assert.equal((await failureOf(tasks().eq('titel', 'x'))).code, '42703')
  // @ts-expect-error: a number is no text
  assert.equal((await failureOf(tasks().eq('number', 'x'))).code, '22P02')
  // @ts-expect-error: no such value
  assert.equal((await failureOf(tasks().eq('status', 'LOST'))).code, '22P02')
  // @ts-expect-error: nothing equals null
  assert.equal(await ids(tasks().eq('description', null)), '')
})

test('gt, gte, lt, lte', async () => {
  assert.equal(await ids(tasks().gt('id', 3)), '45')
  assert.equal(await ids(tasks().gte('id', 3).lt('id', 5)), '34')
  assert.equal(await ids(tasks().lte('estimate_hours', 2)), '23')
  assert.equal(await ids(tasks().gt('created_at', '2020-01-01T00:00:00Z').lt('created_at', '2100-01-01')), '12345')
})

test('like, ilike, of one and of several', async () => {
  assert.equal(await ids(tasks().like('title', 'Draw%')), '124')
  assert.equal(await ids(tasks().ilike('title', 'draw*')), '124')
  assert.equal(await ids(tasks().likeAllOf('title', ['Draw%', '%menu'])), '2')
  assert.equal(await ids(tasks().likeAnyOf('title', ['Ship*', '%text'])), '35')
  assert.equal(await ids(tasks().ilikeAllOf('title', ['draw%', '%MENU'])), '2')
  assert.equal(await ids(tasks().ilikeAnyOf('title', ['ship*', '%TEXT'])), '35')
})

test('regexMatch, regexIMatch', async () => {
  assert.equal(await ids(tasks().regexMatch('title', '^Draw.*(page|icon)$')), '14')
  assert.equal(await ids(tasks().regexIMatch('title', '^draw')), '124')
})

test('is, isDistinct', async () => {
  assert.equal(await ids(tasks().is('parent_id', null)), '14')
  const active = demo.from('people').select('name').is('is_active', true).order('name')
  assert.equal((await dataOf(active)).length, 3)
  assert.equal(await ids(tasks().isDistinct('parent_id', 1)), '145')
  assert.equal(await ids(tasks().isDistinct('assignee_id', null as never)), '12345')
  // @ts-expect-error: true is no text
  assert.equal((await failureOf(tasks().isDistinct('number', true))).code, '22P02')
})

test('in, notIn', async () => {
  assert.equal(await ids(tasks().in('id', [1, 4, 9])), '14')
  assert.equal(await ids(tasks().in('title', ['Ship it', 'a, b', '(c)', 'd "e"'])), '5')
  assert.equal(await ids(tasks().in('id', [])), '')
  assert.equal(await ids(tasks().notIn('id', [1, 4])), '235')
  assert.equal(await ids(tasks().in('priority', ['MEDIUM', 'HIGH'])), '12345')
  // @ts-expect-error: no such value
  assert.equal((await failureOf(tasks().in('priority', ['SOON']))).code, '22P02')
})

test('contains, containedBy, overlaps: lists', async () => {
  assert.equal(await ids(products().contains('tags', ['hot'])), '12')
  assert.equal(await ids(products().containedBy('tags', ['hot', 'cold'])), '23')
  assert.equal(await ids(products().overlaps('tags', ['green', 'blue'])), '1')
  assert.equal(await ids(products().contains('kinds', ['food'])), '2')
  assert.equal(await ids(products().overlaps('sizes', '{40,50}')), '123')
  assert.equal(await ids(products().overlaps('tags', [])), '')
})

test('contains, containedBy: JSON', async () => {
  assert.equal(await ids(products().contains('extra', { salt: true })), '2')
  assert.equal(await ids(products().containedBy('extra', { cups: 2, salt: true })), '1')
  assert.equal(await ids(products().eq('extra->>cups', '1')), '2')
})

test('JSON is compared by its value', async () => {
  assert.equal(await ids(products().eq('extra', '{"salt": true, "cups": 1.0}')), '2')
  assert.equal(await ids(products().neq('extra', '[]')), '12')
  assert.equal(await ids(products().eq('extra->cups', 2)), '1')
  assert.equal(await ids(products().gt('extra->cups', 1)), '1')
  assert.equal(await ids(products().in('extra->cups', [1, 2, 3])), '12')
  assert.equal(await ids(products().isDistinct('extra->cups', 1)), '13')
  assert.equal(await ids(products().filter('extra->salt', 'eq(any)', '{true,1}')), '2')
  assert.equal((await failureOf(products().eq('extra->cups', 'two'))).code, '22P02')
})

test('ranges are asked for where there are columns of ranges, which a schema file has none of', async () => {
  const queries = [
    products().rangeGt('price', '[1,2)'),
    products().rangeGte('price', '[1,2)'),
    products().rangeLt('price', '[1,2)'),
    products().rangeLte('price', '[1,2)'),
    products().rangeAdjacent('price', '[1,2)'),
  ]
  for (const query of queries) assert.equal((await failureOf(query)).status, 404)
})

test('textSearch', async () => {
  const config = 'simple'
  assert.equal(await ids(tasks().textSearch('title', 'draw & !menu', { config })), '14')
  assert.equal(await ids(tasks().textSearch('title', 'the menu', { type: 'plain', config })), '2')
  assert.equal(await ids(tasks().textSearch('title', 'the page', { type: 'phrase', config })), '1')
  assert.equal(await ids(tasks().textSearch('title', '"write the" or icon', { type: 'websearch', config })), '34')
})

test('match', async () => {
  assert.equal(await ids(tasks().match({ project_id: WEB, creator_id: ANN })), '12')
  assert.equal(await ids(tasks().match({ number: 5 })), '5')
})

test('not: any operator, and a column that is not null then', async () => {
  assert.equal(await ids(tasks().not('id', 'in', '(1,2)')), '345')
  assert.equal(await ids(tasks().not('title', 'like', 'Draw%')), '35')
  const { data } = await demo.from('tasks').select('id, assignee_id').order('id').not('assignee_id', 'is', null)
  const names: string[] = (data ?? []).map((row) => row.assignee_id)
  assert.deepEqual(names, [BEN, ANN, BEN])
})

test('or, also of related rows', async () => {
  assert.equal(await ids(tasks().or('id.eq.1,and(project_id.eq.' + APP + ',estimate_hours.is.null)')), '15')
  const inside = demo
    .from('projects')
    .select('tasks(id)')
    .or('id.eq.1,title.like.*text', { referencedTable: 'tasks' })
    .eq('id', WEB)
    .single()
  assert.deepEqual(await dataOf(inside), { tasks: [{ id: 1 }, { id: 3 }] })
  const across = demo.from('tasks').select('id, comments(), labels()').or('labels.not.is.null,comments.not.is.null').order('id')
  assert.equal(await ids(across), '134')
})

test('filter: whatever an operator is called', async () => {
  assert.equal(await ids(tasks().filter('id', 'gt', 3)), '45')
  assert.equal(await ids(tasks().filter('id', 'not.in', '(1,2)')), '345')
  assert.equal(await ids(tasks().filter('id', 'gt(all)', '{2,4}')), '5')
})

test('filters on related rows', async () => {
  const query = demo.from('projects').select('key, tasks(id)').eq('tasks.assignee_id', BEN).order('key')
  assert.deepEqual(await dataOf(query), [
    { key: 'APP', tasks: [{ id: 4 }] },
    { key: 'OPS', tasks: [] },
    { key: 'WEB', tasks: [{ id: 1 }] },
  ])
  const inner = demo.from('tasks').select('id, people!creator_id!inner()').eq('people.preferences->>theme', 'light').order('id')
  assert.equal(await ids(inner), '34')
})
