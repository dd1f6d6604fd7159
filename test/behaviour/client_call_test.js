// Functions through the official client, @supabase/supabase-js: rpc() in each
// of its forms.

import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'

import { connect } from '../e2e/support/client.js'
import { FUNCTIONS, resetBooks } from '../e2e/support/functions.js'
import { serveSchema } from '../e2e/support/tenon.js'

let server
let client

before(async () => {
  server = await serveSchema(FUNCTIONS)
  client = connect(server)
})
beforeEach(() => resetBooks(server))
after(() => server?.close())

async function dataOf(query) {
  const { data, error } = await query
  assert.equal(error, null)
  return data
}

async function failureOf(query) {
  const { data, error, status } = await query
  assert.equal(data, null)
  return { status, ...error }
}

test('a value comes back as itself', async () => {
  assert.equal(await dataOf(client.rpc('add', { a: 2, b: 3 })), 5)
  assert.equal(await dataOf(client.rpc('same', { text: ' "quoted\' ' })), '"quoted\'')
  assert.equal(
    await dataOf(client.rpc('later', { than: '2024-05-01T10:00:00Z' })),
    '2024-05-01T10:00:00+00:00',
  )
})

test('an argument with a default may be left out', async () => {
  assert.equal(await dataOf(client.rpc('add', { a: 2 })), 3)
  assert.deepEqual(await dataOf(client.rpc('titles')), [
    'Always Coming Home',
    'Solaris',
    'The Dispossessed',
  ])
  assert.deepEqual(await dataOf(client.rpc('titles', { least: 500 })), ['Always Coming Home'])
})

test('by GET the arguments are in the URL', async () => {
  assert.equal(await dataOf(client.rpc('add', { a: 2, b: -3 }, { get: true })), -1)
  assert.deepEqual(await dataOf(client.rpc('titles', { least: 300 }, { get: true })), [
    'Always Coming Home',
    'The Dispossessed',
  ])
  assert.equal(await dataOf(client.rpc('same', { text: 'eq.1 & more' }, { get: true })), 'eq.1 & more')
})

for (const options of [{}, { get: true }]) {
  const how = options.get ? 'GET' : 'POST'

  test(`rows are filtered, ordered, cut and chosen from by ${how}`, async () => {
    const rows = await dataOf(
      client.rpc('books_of', { author: 1 }, options).select('id, name:title').order('id', { ascending: false }),
    )
    assert.deepEqual(rows, [
      { id: 3, name: 'Always Coming Home' },
      { id: 1, name: 'The Dispossessed' },
    ])
    const [long] = await dataOf(client.rpc('books_of', { author: 1 }, options).gt('pages', 400).select('id'))
    assert.deepEqual(long, { id: 3 })
    const page = await dataOf(
      client.rpc('books_of', { author: 1 }, options).select('id').order('id').range(1, 5),
    )
    assert.deepEqual(page, [{ id: 3 }])
    const some = await dataOf(
      client.rpc('books_of', { author: 1 }, options).or('id.eq.1,title.like.Nothing*').select('id'),
    )
    assert.deepEqual(some, [{ id: 1 }])
  })

  test(`a count comes with the rows by ${how}`, async () => {
    const { data, count, status } = await client
      .rpc('books_of', { author: 1 }, { ...options, count: 'exact' })
      .select('id')
      .order('id')
      .limit(1)
    assert.deepEqual(data, [{ id: 1 }])
    assert.equal(count, 2)
    assert.equal(status, 206)
  })

  test(`single and maybeSingle take one row by ${how}`, async () => {
    const one = await dataOf(client.rpc('books_of', { author: 2 }, options).select('id').single())
    assert.deepEqual(one, { id: 2 })
    const none = await dataOf(client.rpc('books_of', { author: 9 }, options).select('id').maybeSingle())
    assert.equal(none, null)
    const { code } = await failureOf(client.rpc('books_of', { author: 1 }, options).single())
    assert.equal(code, 'PGRST116')
  })
}

test('head asks for the count alone', async () => {
  const { data, count, status } = await client.rpc(
    'books_of',
    { author: 1 },
    { head: true, count: 'exact' },
  )
  assert.equal(data, null)
  assert.equal(count, 2)
  assert.equal(status, 200)
})

test('head with an object for an argument counts, too', async () => {
  const { data, error, count } = await client.rpc(
    'echo',
    { payload: { a: 1 } },
    { head: true, count: 'exact' },
  )
  assert.equal(error, null)
  assert.equal(data, null)
  assert.equal(count, 1)
})

test('a row that is not listed is an object, and none is null', async () => {
  const book = await dataOf(client.rpc('book_of', { id: 2 }))
  assert.deepEqual(book, {
    id: 2,
    title: 'Solaris',
    pages: 204,
    genre: 'FICTION',
    added: '2020-01-01T00:00:00+00:00',
    author_id: 2,
  })
  assert.equal(await dataOf(client.rpc('book_of', { id: 77 })), null)
})

test('rows of a type have its columns', async () => {
  const rows = await dataOf(client.rpc('tally', {}).order('author_id'))
  assert.deepEqual(rows, [
    { author_id: 1, count: 2 },
    { author_id: 2, count: 1 },
  ])
  const many = await dataOf(client.rpc('tally').gte('count', 2).select('count'))
  assert.deepEqual(many, [{ count: 2 }])
})

test('a function that gives back nothing answers 204', async () => {
  const pinged = await client.rpc('ping')
  assert.equal(pinged.status, 204)
  assert.equal(pinged.data, null)
  assert.equal(pinged.error, null)
  const forgotten = await client.rpc('forget', { id: 3 })
  assert.equal(forgotten.status, 204)
  assert.equal((await client.from('books').select('id').eq('id', 3)).data.length, 0)
})

test('a function that writes hands back what it wrote', async () => {
  const rows = await dataOf(client.rpc('retitle', { from: 'Solaris', to: 'Eden' }).select('id, title'))
  assert.deepEqual(rows, [{ id: 2, title: 'Eden' }])
  assert.equal(await dataOf(client.rpc('add_book', { id: 9, title: 'Fiasco' })), 9)
  assert.equal((await client.from('books').select('title').eq('id', 9).single()).data.title, 'Fiasco')
})

test('its rows are filtered, ordered and cut, too', async () => {
  const { data, count } = await client
    .rpc('touch', {}, { count: 'exact' })
    .select('id')
    .gt('pages', 300)
    .order('id', { ascending: false })
    .limit(1)
  assert.deepEqual(data, [{ id: 3 }])
  assert.equal(count, 2)
})

test('a function that writes is not called by GET', async () => {
  const { status, code } = await failureOf(client.rpc('forget', { id: 1 }, { get: true }))
  assert.equal(status, 405)
  assert.equal(code, '25006')
  assert.equal((await client.from('books').select('id').eq('id', 1)).data.length, 1)
})

test('nobody calls what no rule opens, and rules of models hold for rows', async () => {
  const { status, code, message } = await failureOf(client.rpc('closed'))
  assert.equal(status, 401)
  assert.equal(code, '42501')
  assert.equal(message, 'permission denied for function closed')
  assert.deepEqual(await dataOf(client.rpc('secrets')), [])
  const hidden = await failureOf(client.rpc('books_of', { author: 1 }).select('cost'))
  assert.equal(hidden.code, '42501')
})

test('a function or arguments that are not there are told', async () => {
  const { status, code, message, hint } = await failureOf(client.rpc('ad', { a: 1 }))
  assert.equal(status, 404)
  assert.equal(code, 'PGRST202')
  assert.match(message, /^Could not find the function public\.ad/)
  assert.match(hint, /public\.add/)
  const wrong = await failureOf(client.rpc('add', { a: 1, c: 2 }))
  assert.equal(wrong.status, 404)
  assert.deepEqual(wrong, {
    status: 404,
    code: 'PGRST202',
    message: 'Could not find the function public.add(a, c) in the schema cache',
    details:
      'Searched for the function public.add with parameters a, c or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache.',
    hint: 'Perhaps you meant to call the function public.add(a, b)',
  })
})

test('arguments are checked as values of their types and by their rules', async () => {
  assert.equal((await failureOf(client.rpc('add', { a: 'x' }))).code, '22P02')
  assert.equal((await failureOf(client.rpc('add', { a: null }))).code, '23502')
  const short = await failureOf(client.rpc('retitle', { from: 'Solaris', to: '' }))
  assert.equal(short.code, '23514')
  assert.equal((await failureOf(client.rpc('tally', { least: -1 }))).code, '23514')
})

test('text from the wire is never a part of the statement', async () => {
  for (const text of ["'; DROP TABLE books; --", '" OR 1=1', '$1', ':text', '\\', "''"])
    assert.equal(await dataOf(client.rpc('same', { text })), text)
  assert.equal((await client.from('books').select('id')).data.length, 3)
})

test('JSON goes in and comes out as it is', async () => {
  const payload = { list: [1, null, { deep: 'x' }], text: '\u{1F600}' }
  assert.deepEqual(await dataOf(client.rpc('echo', { payload })), payload)
  const response = await server.fetch('rpc/echo', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '[1,{"payload":2}]',
  })
  assert.deepEqual(await response.json(), [1, { payload: 2 }])
})

test('max-affected bounds what a function hands back', async () => {
  const { code } = await failureOf(client.rpc('touch').maxAffected(2))
  assert.equal(code, 'PGRST124')
  assert.equal((await dataOf(client.rpc('touch').maxAffected(3))).length, 3)
  const single = await failureOf(client.rpc('add_book', { id: 20, title: 'x' }).maxAffected(1))
  assert.equal(single.code, 'PGRST128')
  const read = await failureOf(client.rpc('books_of', { author: 1 }).maxAffected(1))
  assert.deepEqual([read.code, read.details], ['PGRST124', 'The query affects 2 rows'])
  assert.equal((await dataOf(client.rpc('books_of', { author: 1 }).maxAffected(2))).length, 2)
  assert.equal((await failureOf(client.rpc('titles').maxAffected(1))).code, 'PGRST124')
  assert.equal((await failureOf(client.rpc('add', { a: 1 }).maxAffected(1))).code, 'PGRST128')
})

test('rows of a model bring what is related to them', async () => {
  const authors = [
    { id: 1, author: { name: 'Le Guin' } },
    { id: 3, author: { name: 'Le Guin' } },
  ]
  const select = 'id, author:authors(name)'
  assert.deepEqual(
    await dataOf(client.rpc('books_of', { author: 1 }).select(select).order('id')),
    authors,
  )
  assert.deepEqual(await dataOf(client.rpc('book_of', { id: 1 }).select(select)), authors[0])
  assert.deepEqual(
    await dataOf(client.rpc('touch').select(select).neq('id', 2).order('id')),
    authors,
  )
  const lem = client.rpc('touch').select('id, authors!inner(name)').eq('authors.name', 'Lem')
  assert.deepEqual(await dataOf(lem), [{ id: 2, authors: { name: 'Lem' } }])
})

test('a computed field is a column that is asked for by name', async () => {
  const books = () => client.from('books')
  const { data: all } = await books().select().eq('id', 1).single()
  assert.ok(!('label' in all))
  assert.deepEqual(await dataOf(books().select('id, label').eq('id', 2)), [
    { id: 2, label: 'Solaris (2)' },
  ])
  assert.deepEqual(await dataOf(books().select('by:name_of_author, id::text').order('id').limit(1)), [
    { by: 'Le Guin', id: '1' },
  ])
  assert.deepEqual(await dataOf(books().select('id').eq('name_of_author', 'Lem')), [{ id: 2 }])
  assert.deepEqual(await dataOf(books().select('id').order('label', { ascending: false })), [
    { id: 1 },
    { id: 2 },
    { id: 3 },
  ])
  const nested = await dataOf(client.from('authors').select('id, books(label)').eq('id', 2))
  assert.deepEqual(nested, [{ id: 2, books: [{ label: 'Solaris (2)' }] }])
  const called = await dataOf(client.rpc('books_of', { author: 2 }).select('label'))
  assert.deepEqual(called, [{ label: 'Solaris (2)' }])
  const written = await dataOf(books().update({ pages: 1 }).eq('id', 2).select('label, name_of_author'))
  assert.deepEqual(written, [{ label: 'Solaris (2)', name_of_author: 'Lem' }])
})

test('a computed field is closed like a function, and not called as one', async () => {
  assert.equal((await failureOf(client.from('books').select('doubled_cost'))).code, '42501')
  assert.equal((await failureOf(client.from('books').select('id').gt('doubled_cost', 1))).code, '42501')
  assert.equal((await failureOf(client.from('books').select('id').order('doubled_cost'))).code, '42501')
  assert.equal((await failureOf(client.rpc('label', { book: {} }))).code, 'PGRST202')
  assert.equal((await failureOf(client.from('authors').select('label'))).code, '42703')
})

test('rows and values come as CSV', async () => {
  assert.equal(
    await dataOf(client.rpc('books_of', { author: 1 }).select('id,title').order('id').csv()),
    'id,title\n1,"The Dispossessed"\n3,"Always Coming Home"',
  )
  assert.equal(await dataOf(client.rpc('add', { a: 1 }).csv()), 'add\n2')
})

test('a form is a call, too', async () => {
  const body = new URLSearchParams({ text: 'eq.1&2' })
  const response = await server.fetch('rpc/same', { method: 'POST', body })
  assert.equal(await response.json(), 'eq.1&2')
})

test('a method that calls nothing is refused', async () => {
  const response = await server.fetch('rpc/add', { method: 'PATCH', body: '{}' })
  assert.equal(response.status, 405)
  assert.equal((await response.json()).code, 'PGRST101')
})
