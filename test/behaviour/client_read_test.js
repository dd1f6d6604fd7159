// Reads through the official client, @supabase/supabase-js.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { connect } from '../e2e/support/client.js'
import { BOOK_ID, LIBRARY, resetLibrary } from '../e2e/support/library.js'
import { serveSchema } from '../e2e/support/tenon.js'

let server
let client

before(async () => {
  server = await serveSchema(LIBRARY)
  client = connect(server)
  await resetLibrary(server)
})
after(() => server?.close())

/** The ISBNs of the answer, joined: rows in a form that fits on a line. */
async function isbns(query) {
  const { data, error } = await query
  assert.equal(error, null)
  return data.map((book) => book.isbn).join('')
}

const books = () => client.from('books').select('isbn').order('isbn')

test('select returns all columns in the order of the schema', async () => {
  const { data, status, statusText } = await client.from('authors').select().order('id')
  assert.equal(status, 200)
  assert.equal(statusText, 'OK')
  assert.equal(data.length, 4)
  assert.deepEqual(Object.keys(data[0]), ['id', 'name', 'country', 'created_at'])
})

test('select picks, orders and renames columns', async () => {
  const { data } = await client
    .from('books')
    .select('name:title, pages, in_print')
    .eq('isbn', '1')
  assert.deepEqual(data, [{ name: 'The Dispossessed', pages: 387, in_print: true }])
  assert.deepEqual(Object.keys(data[0]), ['name', 'pages', 'in_print'])
})

test('a value of each scalar type comes back as it went in', async () => {
  const { data } = await client.from('books').select().eq('isbn', '1').single()
  const { updated_at, ...rest } = data
  assert.match(updated_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?\+00:00$/)
  assert.deepEqual(rest, {
    id: BOOK_ID[0],
    isbn: '1',
    title: 'The Dispossessed',
    pages: 387,
    price: 12.5,
    rating: 4.5,
    copies: 3,
    in_print: true,
    genre: 'FICTION',
    published: '1974-05-01T00:00:00+00:00',
    meta: { tags: ['utopia', 'physics'] },
    cover: null,
    author_id: 1,
  })
})

test('an enum value travels under its database name', async () => {
  assert.equal(await isbns(books().eq('genre', 'science')), '5')
})

const FILTERS = [
  ['eq', (q) => q.eq('pages', 204), '2'],
  ['eq on text with every reserved character', (q) => q.eq('title', 'a,b.(c):"d"\\'), ''],
  ['neq leaves out nulls', (q) => q.neq('pages', 204), '145'],
  ['gt', (q) => q.gt('pages', 204), '15'],
  ['gte', (q) => q.gte('pages', 204), '125'],
  ['lt', (q) => q.lt('pages', 204), '4'],
  ['lte', (q) => q.lte('pages', 204), '24'],
  ['gt on a decimal compares numbers', (q) => q.gt('price', '9.995'), '145'],
  ['gte on a float', (q) => q.gte('rating', 4.5), '145'],
  ['lt on a time', (q) => q.lt('published', '1964-01-01T01:00:00+01:00'), '2'],
  ['eq on a time in another zone', (q) => q.eq('published', '1972-11-03T02:00:00+02:00'), '4'],
  ['eq on a boolean', (q) => q.eq('in_print', false), '35'],
  ['in', (q) => q.in('pages', [204, 165, 7]), '24'],
  ['in with text that needs quotes', (q) => q.in('title', ['Solaris', 'x, (y)']), '2'],
  ['in with nothing', (q) => q.in('pages', []), ''],
  ['is null', (q) => q.is('pages', null), '3'],
  ['is true', (q) => q.is('in_print', true), '124'],
  ['is false', (q) => q.is('in_print', false), '35'],
  ['like is case sensitive', (q) => q.like('title', '%vis%'), '4'],
  ['like and capitals', (q) => q.like('title', '%CITIES'), ''],
  ['ilike is not', (q) => q.ilike('title', '%CITIES'), '4'],
  ['like with one character', (q) => q.like('title', 'S_laris'), '2'],
  ['not eq', (q) => q.not('genre', 'eq', 'FICTION'), '35'],
  ['not is null', (q) => q.not('pages', 'is', null), '1245'],
  ['not in', (q) => q.not('pages', 'in', '(204,165)'), '15'],
  ['not like', (q) => q.not('title', 'like', 'S%'), '134'],
  ['filters add up', (q) => q.eq('genre', 'FICTION').gt('pages', 200), '12'],
  ['two filters on one column', (q) => q.gt('pages', 165).lt('pages', 400), '12'],
  ['match', (q) => q.match({ genre: 'FICTION', author_id: 3 }), '4'],
  ['filter', (q) => q.filter('pages', 'gte', 387), '15'],
  ['an enum before another', (q) => q.lt('genre', 'HISTORY'), '1245'],
  ['or', (q) => q.or('pages.lt.170,pages.gt.400'), '45'],
  ['or with a list', (q) => q.or('isbn.in.(1,2),pages.is.null'), '123'],
  ['or with a quoted value', (q) => q.or('title.eq."Solaris",title.eq."a,b"'), '2'],
  ['and inside or', (q) => q.or('pages.is.null,and(genre.eq.FICTION,pages.gt.300)'), '13'],
  ['not and inside or', (q) => q.or('isbn.eq.3,not.and(genre.eq.FICTION,pages.gt.0)'), '35'],
  ['not on one filter in or', (q) => q.or('isbn.eq.3,genre.not.eq.FICTION'), '35'],
  ['or adds up with other filters', (q) => q.or('isbn.eq.1,isbn.eq.5').eq('genre', 'FICTION'), '1'],
]
for (const [name, filter, want] of FILTERS) {
  test(`filter: ${name}`, async () => {
    assert.equal(await isbns(filter(books())), want)
  })
}

const ORDERS = [
  ['ascending puts nulls last', (q) => q.order('pages'), '42153'],
  ['descending puts nulls first', (q) => q.order('pages', { ascending: false }), '35124'],
  ['nulls first', (q) => q.order('pages', { nullsFirst: true }), '34215'],
  ['descending, nulls last', (q) => q.order('pages', { ascending: false, nullsFirst: false }), '51243'],
  ['by two columns, an enum as it is declared', (q) => q.order('genre').order('title', { ascending: false }), '12453'],
  ['ties are broken by the primary key', (q) => q.order('in_print'), '35124'],
  ['without an order the primary key is the order', (q) => q, '12345'],
]
for (const [name, order, want] of ORDERS) {
  test(`order: ${name}`, async () => {
    assert.equal(await isbns(order(client.from('books').select('isbn'))), want)
  })
}

test('limit, and range which counts from 0 and includes its end', async () => {
  assert.equal(await isbns(books().limit(2)), '12')
  assert.equal(await isbns(books().range(1, 3)), '234')
  assert.equal(await isbns(books().range(4, 100)), '5')
  assert.equal(await isbns(books().limit(0)), '')
})

test('count exact comes beside the rows and leaves limit aside', async () => {
  const { data, count, status } = await client
    .from('books')
    .select('isbn', { count: 'exact' })
    .eq('genre', 'FICTION')
    .limit(1)
  assert.equal(count, 3)
  assert.equal(data.length, 1)
  assert.equal(status, 206)
})

test('count exact with head has no rows at all', async () => {
  const { data, count, error } = await client
    .from('books')
    .select('*', { count: 'exact', head: true })
  assert.equal(error, null)
  assert.equal(data, null)
  assert.equal(count, 5)
})

test('count of nothing is 0', async () => {
  const { data, count } = await client
    .from('books')
    .select('isbn', { count: 'exact' })
    .eq('isbn', 'none')
  assert.equal(count, 0)
  assert.deepEqual(data, [])
})

test('single returns the row itself', async () => {
  const { data, error } = await client.from('books').select('title').eq('isbn', '2').single()
  assert.equal(error, null)
  assert.deepEqual(data, { title: 'Solaris' })
})

for (const [name, isbn, rows] of [['none', 'none', 0], ['several', null, 5]]) {
  test(`single refuses ${name}`, async () => {
    const query = client.from('books').select('title')
    const { data, error, status, statusText } = await (isbn ? query.eq('isbn', isbn) : query).single()
    assert.equal(data, null)
    assert.equal(status, 406)
    assert.equal(statusText, 'Not Acceptable')
    assert.equal(error.code, 'PGRST116')
    assert.equal(error.message, 'Cannot coerce the result to a single JSON object')
    assert.equal(error.details, `The result contains ${rows} rows`)
  })
}

test('csv returns the rows as text', async () => {
  const { data, error } = await client
    .from('books')
    .select('isbn, title, pages, in_print, published, meta')
    .in('isbn', ['3', '4'])
    .order('isbn')
    .csv()
  assert.equal(error, null)
  assert.equal(data, [
    'isbn,title,pages,in_print,published,meta',
    '3,Beowulf,,f,,',
    '4,"Invisible Cities",165,t,"1972-11-03 00:00:00+00",[]',
  ].join('\n'))
})

test('maybeSingle returns the row, or null when there is none', async () => {
  const one = await client.from('books').select('title').eq('isbn', '2').maybeSingle()
  assert.deepEqual(one.data, { title: 'Solaris' })
  const none = await client.from('books').select('title').eq('isbn', 'none').maybeSingle()
  assert.equal(none.error, null)
  assert.equal(none.data, null)
})

test('a model without a policy reads as empty', async () => {
  const { data, error, count } = await client.from('secrets').select('*', { count: 'exact' })
  assert.equal(error, null)
  assert.deepEqual(data, [])
  assert.equal(count, 0)
})

test('an unknown table is named, with the nearest one as a hint', async () => {
  const { error, status, statusText } = await client.from('bokos').select()
  assert.equal(status, 404)
  assert.equal(statusText, 'Not Found')
  assert.equal(error.code, 'PGRST205')
  assert.match(error.message, /bokos/)
  assert.match(error.hint, /books/)
})

test('the name in the schema file gets the hint of the table', async () => {
  const { error } = await client.from('Book').select()
  assert.equal(error.code, 'PGRST205')
  assert.match(error.hint, /books/)
})

for (const [name, query] of [
  ['select', () => client.from('books').select('titel')],
  ['a filter', () => client.from('books').select().eq('titel', 'x')],
  ['order', () => client.from('books').select().order('titel')],
  ['or', () => client.from('books').select().or('titel.eq.x')],
]) {
  test(`an unknown column in ${name} is named, with the nearest one as a hint`, async () => {
    const { error, status } = await query()
    assert.equal(status, 400)
    assert.equal(error.code, '42703')
    assert.match(error.message, /column books\.titel does not exist/)
    assert.match(error.hint, /title/)
  })
}

test('a value that the column cannot hold is refused', async () => {
  const { error, status } = await client.from('books').select().eq('pages', 'many')
  assert.equal(status, 400)
  assert.equal(error.code, '22P02')
  assert.match(error.message, /many/)
})

test('an unknown enum value is refused', async () => {
  const { error, status } = await client.from('books').select().eq('genre', 'SCIENCE')
  assert.equal(status, 400)
  assert.equal(error.code, '22P02')
})

test('a long in-list fits', async () => {
  const wanted = Array.from({ length: 900 }, (_, i) => `isbn-${i}`)
  assert.equal(await isbns(books().in('isbn', [...wanted, '3'])), '3')
})
