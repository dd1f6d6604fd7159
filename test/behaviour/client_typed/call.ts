// Every way to call a function.

import assert from 'node:assert/strict'

import type { Enums, Json, Tables } from '../../golden/generate/kiosk/database.types.ts'
import { as, dataOf, demo, failureOf, kiosk, same, test, typed, WEB } from './world.ts'

type Kind = Enums<'Kind'>

test('rpc: rows of a type', async () => {
  same(await dataOf(demo.rpc('count_tasks', { project: WEB })),
    as<{ status: 'BACKLOG' | 'TODO' | 'IN_PROGRESS' | 'IN_REVIEW' | 'DONE' | 'CANCELLED'; count: number }[]>([
      { status: 'BACKLOG', count: 3 },
    ]))
  same(await dataOf(kiosk.rpc('tally', { least: 1 }).order('kind')),
    as<{ kind: Kind; count: number; most: number | null }[]>([
      { kind: 'DRINK', count: 2, most: 2.5 },
      { kind: 'food', count: 1, most: 6 },
    ]))
})

test('rpc: arguments that may be left out', async () => {
  assert.equal((await dataOf(kiosk.rpc('tally', {}))).length, 2)
  assert.equal((await dataOf(kiosk.rpc('tally'))).length, 2)
  assert.equal((await dataOf(kiosk.rpc('tally', { least: 2, kinds: ['food'] }))).length, 1)
  // @ts-expect-error: no such argument
  assert.equal((await failureOf(kiosk.rpc('tally', { most: 1 }))).code, 'PGRST202')
  // @ts-expect-error: the argument is a number
  assert.equal((await failureOf(kiosk.rpc('tally', { least: 'x' }))).code, '22P02')
  // @ts-expect-error: the argument is not optional
  assert.equal((await failureOf(kiosk.rpc('products_above', {}))).code, 'PGRST202')
  // @ts-expect-error: no such function
  assert.equal((await failureOf(kiosk.rpc('tallies'))).code, 'PGRST202')
})

test('rpc: rows of a table, with everything that a table has', async () => {
  const all = await dataOf(kiosk.rpc('products_above', { price: 1 }).order('id'))
  typed<Omit<Tables<'products'>, 'note' | 'ticket'>[]>()(all)
  assert.deepEqual(all.map((row) => row.name), ['Tea', 'Soup'])
  assert.ok(all.every((row) => !('note' in row) && !('ticket' in row)))
  const some = kiosk
    .rpc('products_above', { price: 1 })
    .select('name, recipes(steps), note')
    .eq('kind', 'food')
    .order('name')
    .limit(1)
  same(await dataOf(some), as<{ name: string; recipes: { steps: string[] } | null; note: string | null }[]>([
    { name: 'Soup', recipes: { steps: ['cut', 'boil'] }, note: null },
  ]))
  same(await dataOf(kiosk.rpc('products_above', { price: 5 }).select('id').single()), as<{ id: number }>({ id: 2 }))
  same(await dataOf(kiosk.rpc('products_above', { price: 50 }).select('id').maybeSingle()), as<{ id: number } | null>(null))
})

test('rpc: one row, or null', async () => {
  const tea = await dataOf(kiosk.rpc('product_named', { name: 'Tea' }))
  assert.equal(tea?.id, 1)
  assert.equal(await dataOf(kiosk.rpc('product_named', { name: 'Milk' })), null)
  same(await dataOf(kiosk.rpc('recipe_of', { product: 1 })),
    as<{ product_id: number; steps: string[] } | null>({ product_id: 1, steps: ['boil', 'wait'] }))
  same(await dataOf(kiosk.rpc('recipe_of', { product: null })), as<{ product_id: number; steps: string[] } | null>(null))
  same(await dataOf(kiosk.rpc('recipe_of', {})), as<{ product_id: number; steps: string[] } | null>(null))
})

test('rpc: values', async () => {
  same(await dataOf(kiosk.rpc('names')), as<string[]>(['Air', 'Soup', 'Tea']))
  same(await dataOf(kiosk.rpc('names', {})), as<string[]>(['Air', 'Soup', 'Tea']))
  same(await dataOf(kiosk.rpc('dearest')), as<number | null>(6))
  same(await dataOf(kiosk.rpc('echo', { payload: { deep: [1, null, 'x'] } })), as<Json>({ deep: [1, null, 'x'] }))
})

test('rpc: nothing', async () => {
  const { data, status, error } = await kiosk.rpc('forget', { name: 'nobody' })
  assert.equal(error, null)
  same(data, as<null>(null))
  assert.equal(status, 204)
})

test('rpc: by GET, which changes nothing', async () => {
  same(await dataOf(kiosk.rpc('names', undefined, { get: true })), as<string[]>(['Air', 'Soup', 'Tea']))
  const listed = kiosk.rpc('tally', { least: 1, kinds: ['food', 'DRINK'] }, { get: true }).gt('count', 1)
  assert.deepEqual((await dataOf(listed)).map((row) => row.kind), ['DRINK'])
  same(await dataOf(kiosk.rpc('products_above', { price: 5 }, { get: true }).select('name')), as<{ name: string }[]>([{ name: 'Soup' }]))
  const { status, code } = await failureOf(kiosk.rpc('forget', { name: 'Tea' }, { get: true }))
  assert.deepEqual([status, code], [405, '25006'])
})

test('rpc: counts, with and without rows', async () => {
  const counted = await kiosk.rpc('products_above', { price: 1 }, { count: 'exact' }).select('id').order('id').limit(1)
  same(counted.data!, as<{ id: number }[]>([{ id: 1 }]))
  assert.equal(counted.count, 2)
  const head = await kiosk.rpc('products_above', { price: 1 }, { head: true, count: 'exact' })
  assert.deepEqual([head.data, head.count, head.error], [null, 2, null])
  const posted = await kiosk.rpc('echo', { payload: { a: 1 } }, { head: true })
  assert.deepEqual([posted.data, posted.status], [null, 204])
  for (const count of ['planned', 'estimated'] as const) {
    const { error } = await kiosk.rpc('products_above', { price: 1 }, { count })
    assert.equal(error, null)
  }
})

test('rpc: what it wrote, bounded and undone', async () => {
  const undone = kiosk.rpc('discount', { by: 1 }).select('id, price').order('id').rollback()
  same(await dataOf(undone), as<{ id: number; price: number | null }[]>([{ id: 1, price: 1.5 }, { id: 2, price: 5 }]))
  assert.equal(await dataOf(kiosk.rpc('dearest')), 6)
  assert.equal((await failureOf(kiosk.rpc('discount', { by: 1 }).maxAffected(1))).code, 'PGRST124')
  assert.equal(await dataOf(kiosk.rpc('dearest')), 6)
})

test('rpc: csv', async () => {
  same(await dataOf(kiosk.rpc('products_above', { price: 1 }).select('id,name').order('id').csv()), as<string>('id,name\n1,Tea\n2,Soup'))
})
