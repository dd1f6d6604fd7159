// Two servers with rows, clients that know their types, and how an answer is
// compared with a value and a type at once:
//
//   same(await dataOf(demo.from('tasks').select('id')), as<{ id: number }[]>([{ id: 1 }]))

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import * as node from 'node:test'

import type { PostgrestError, PostgrestSingleResponse } from '@supabase/supabase-js'

import type { Database as Demo, Json } from '../../../examples/launchpad/database.types.ts'
import type { Database as Kiosk } from '../../golden/generate/kiosk/database.types.ts'
import { createClient } from '../../e2e/support/client.js'
import { type Server, serveSchema, skip } from '../../e2e/support/tenon.js'

type Running = Server & { close(): Promise<void> }

const OPTIONS = { auth: { persistSession: false, autoRefreshToken: false } }
const SETTINGS = ['--aggregates', '--plan', '--tx-end', 'commit-allow-override']
const ROOT = new URL('../../../', import.meta.url)

const running: Running[] = []
export let demo: ReturnType<typeof createClient<Demo>>
export let kiosk: ReturnType<typeof createClient<Kiosk>>

const uuid = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`
export const [ACME, OAK] = [uuid(1), uuid(2)]
export const [ANN, BEN, CY] = [uuid(11), uuid(12), uuid(13)]
export const [WEB, APP, OPS] = [uuid(21), uuid(22), uuid(23)]
export const [BUG, UX] = [uuid(31), uuid(32)]

async function start(path: string): Promise<Running> {
  const server = (await serveSchema(await readFile(new URL(path, ROOT), 'utf8'), SETTINGS)) as Running
  running.push(server)
  return server
}

async function fillDemo() {
  const done = [
    await demo.from('organizations').insert([
      { id: ACME, slug: 'acme', name: 'Acme', plan: 'TEAM' },
      { id: OAK, slug: 'oak', name: 'Oak' },
    ], { defaultToNull: false }),
    await demo.from('people').insert([
      { id: ANN, organization_id: ACME, email: 'ann@x.org', name: 'Ann', preferences: { theme: 'dark', tabs: [1, 2] } },
      { id: BEN, organization_id: ACME, email: 'ben@x.org', name: 'Ben', preferences: { theme: 'light', tabs: [3] } },
      { id: CY, organization_id: OAK, email: 'cy@x.org', name: 'Cy', preferences: null },
    ]),
    await demo.from('projects').insert([
      { id: WEB, organization_id: ACME, key: 'WEB', name: 'Website', lead_id: ANN, budget: 1000 },
      { id: APP, organization_id: ACME, key: 'APP', name: 'App', lead_id: BEN, budget: 250.5 },
      { id: OPS, organization_id: OAK, key: 'OPS', name: 'Operations', lead_id: null, budget: null },
    ]),
    await demo.from('tasks').insert([
      { id: 1, project_id: WEB, number: 1, title: 'Draw the page', creator_id: ANN, assignee_id: BEN, parent_id: null, estimate_hours: 3 },
      { id: 2, project_id: WEB, number: 2, title: 'Draw the menu', creator_id: ANN, assignee_id: null, parent_id: 1, estimate_hours: 1 },
      { id: 3, project_id: WEB, number: 3, title: 'Write the text', creator_id: BEN, assignee_id: ANN, parent_id: 1, estimate_hours: 2 },
      { id: 4, project_id: APP, number: 4, title: 'Draw the icon', creator_id: BEN, assignee_id: BEN, parent_id: null, estimate_hours: 5 },
      { id: 5, project_id: APP, number: 5, title: 'Ship it', creator_id: ANN, assignee_id: null, parent_id: 4, estimate_hours: null },
    ]),
    await demo.from('labels').insert([
      { id: BUG, organization_id: ACME, name: 'bug' },
      { id: UX, organization_id: ACME, name: 'ux' },
    ]),
    await demo.from('task_labels').insert([
      { task_id: 1, label_id: UX },
      { task_id: 1, label_id: BUG },
      { task_id: 4, label_id: UX },
    ]),
    await demo.from('comments').insert([
      { task_id: 1, author_id: BEN, body: 'nice' },
      { task_id: 3, author_id: BEN, body: 'too long' },
    ]),
  ]
  for (const { error } of done) assert.equal(error, null)
}

async function fillKiosk() {
  const done = [
    await kiosk.from('products').insert([
      { id: 1, name: 'Tea', tags: ['hot', 'green'], kind: 'DRINK', kinds: ['DRINK'], price: 2.5, extra: { cups: 2 }, note: 'from Uji' },
      { id: 2, name: 'Soup', tags: ['hot'], kind: 'food', kinds: ['DRINK', 'food'], price: 6, extra: { cups: 1, salt: true }, note: null },
      { id: 3, name: 'Air', tags: [], kind: 'DRINK', kinds: [], price: null, extra: [], note: null },
    ]),
    await kiosk.from('recipes').insert([
      { product_id: 1, steps: ['boil', 'wait'] },
      { product_id: 2, steps: ['cut', 'boil'] },
    ]),
    await kiosk.from('shelves').insert({ id: uuid(1), label: 'Top' }),
  ]
  for (const { error } of done) assert.equal(error, null)
}

node.before(async () => {
  if (skip) return
  demo = createClient<Demo>((await start('examples/launchpad/schema.prisma')).url, 'any-key-is-accepted', OPTIONS)
  kiosk = createClient<Kiosk>((await start('test/golden/generate/kiosk/schema.prisma')).url, 'any-key-is-accepted', OPTIONS)
  await fillDemo()
  await fillKiosk()
})
node.after(async () => {
  for (const server of running) await server.close()
})

export function test(name: string, run: () => Promise<void>) {
  node.test(name, { skip }, run)
}

// --- values with types -----------------------------------------------------

/** Intersections and names of types resolved, so that equal types are the same;
 * any JSON has no end. */
type Plain<T> = [Json] extends [T] ? T : { [K in keyof T]: Plain<T[K]> }
type Twins<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
type Differ<A, B> = Twins<Plain<A>, Plain<B>> extends true ? [] : [got: A, want: B]

declare const type: unique symbol
type As<T> = { value: T; [type]?: T }

/** The value, whose type is what is said and not what it could be. */
export const as = <T>(value: T): As<T> => ({ value })

/** The value and its type are those; a third argument is missing when the types
 * differ. */
export function same<Got, Want>(got: Got, want: As<Want>, ..._differ: Differ<Got, Want>): void {
  assert.deepEqual(got, want.value)
}

/** The type is that one. */
export function typed<Want>() {
  return <Got>(_got: Got, ..._differ: Differ<Got, Want>): void => {}
}

export async function dataOf<T>(query: PromiseLike<PostgrestSingleResponse<T>>): Promise<T> {
  const { data, error } = await query
  assert.equal(error, null)
  return data as T
}

export async function failureOf<T>(query: PromiseLike<PostgrestSingleResponse<T>>): Promise<PostgrestError & { status: number }> {
  const { data, error, status } = await query
  assert.equal(data, null)
  assert.ok(error)
  return Object.assign(error, { status })
}
