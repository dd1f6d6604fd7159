// Writes through the official client, @supabase/supabase-js.

import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'

import { connect } from '../e2e/support/client.js'
import { BOOK_ID, LIBRARY, resetLibrary } from '../e2e/support/library.js'
import { ENGINE, serveSchema } from '../e2e/support/tenon.js'

let server
let client

before(async () => {
  server = await serveSchema(LIBRARY)
  client = connect(server)
})
beforeEach(() => resetLibrary(server))
after(() => server?.close())

const NEW_BOOK = { isbn: '9', title: 'The Lathe of Heaven', author_id: 1 }

async function titleOf(isbn) {
  const { data } = await client.from('books').select('title').eq('isbn', isbn).maybeSingle()
  return data?.title
}

async function total(table) {
  const { count } = await client.from(table).select('*', { count: 'exact', head: true })
  return count
}

test('insert answers 201 and nothing', async () => {
  const { data, error, status, statusText } = await client.from('books').insert(NEW_BOOK)
  assert.equal(error, null)
  assert.equal(data, null)
  assert.equal(status, 201)
  assert.equal(statusText, 'Created')
  assert.equal(await titleOf('9'), 'The Lathe of Heaven')
})

test('insert and select returns the row with its defaults', async () => {
  const { data, error } = await client.from('books').insert(NEW_BOOK).select().single()
  assert.equal(error, null)
  assert.match(data.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  assert.equal(data.copies, 1)
  assert.equal(data.in_print, true)
  assert.equal(data.genre, 'FICTION')
  assert.equal(data.pages, null)
  assert.ok(Math.abs(Date.parse(data.updated_at) - Date.now()) < 60_000)
})

/** A counter of PostgreSQL does not notice ids that clients give. */
async function countPastGivenIds() {
  for (let id = 1; id <= 4 && ENGINE === 'postgresql'; id++) {
    const { error } = await client.from('authors').insert({ name: 'Nobody' })
    assert.equal(error.code, '23505')
    assert.equal(error.details, `Key (id)=(${id}) already exists.`)
  }
}

test('autoincrement counts on', async () => {
  await countPastGivenIds()
  const { data } = await client.from('authors').insert({ name: 'Octavia E. Butler' }).select().single()
  assert.ok(data.id > 4)
  assert.ok(Math.abs(Date.parse(data.created_at) - Date.now()) < 60_000)
})

test('insert returns the columns that select names', async () => {
  const { data } = await client.from('books').insert(NEW_BOOK).select('name:title')
  assert.deepEqual(data, [{ name: 'The Lathe of Heaven' }])
})

test('bulk insert keeps the order and may leave out columns', async () => {
  const rows = [NEW_BOOK, { ...NEW_BOOK, isbn: '8', pages: 250 }]
  const { data, error, status } = await client.from('books').insert(rows).select('isbn, pages')
  assert.equal(error, null)
  assert.equal(status, 201)
  assert.deepEqual(data, [{ isbn: '9', pages: null }, { isbn: '8', pages: 250 }])
})

test('a key that one row lacks is null, or the default when asked for', async () => {
  const rows = [{ ...NEW_BOOK, copies: 7 }, { ...NEW_BOOK, isbn: '8' }]
  const strict = await client.from('books').insert(rows).select('copies')
  assert.equal(strict.status, 400)
  assert.equal(strict.error.code, '23502')

  const { data, error } = await client
    .from('books')
    .insert(rows, { defaultToNull: false })
    .select('isbn, copies')
  assert.equal(error, null)
  assert.deepEqual(data, [{ isbn: '9', copies: 7 }, { isbn: '8', copies: 1 }])
})

test('bulk insert is all or nothing', async () => {
  const rows = [NEW_BOOK, { ...NEW_BOOK, isbn: '1' }]
  const { error, status, statusText } = await client.from('books').insert(rows)
  assert.equal(status, 409)
  assert.equal(statusText, 'Conflict')
  assert.equal(error.code, '23505')
  assert.equal(await titleOf('9'), undefined)
})

test('inserting many rows at once', async () => {
  const rows = Array.from({ length: 2000 }, (_, i) => ({ ...NEW_BOOK, isbn: `many-${i}` }))
  const { error, count } = await client.from('books').insert(rows, { count: 'exact' })
  assert.equal(error, null)
  assert.equal(count, 2000)
  assert.equal(await total('books'), 2005)
})

test('inserting nothing is fine', async () => {
  const { error, status } = await client.from('books').insert([])
  assert.equal(error, null)
  assert.equal(status, 201)
})

test('big integers, decimals, bytes and times keep their digits', async () => {
  const { error } = await client.from('books').insert({
    ...NEW_BOOK,
    copies: '9007199254740993',
    price: '0.1',
    cover: '\\x00ff10',
    published: '2024-02-29T23:30:00.5-02:00',
  })
  assert.equal(error, null)
  const text = await (await server.fetch('books?isbn=eq.9&select=copies,price,cover,published')).text()
  assert.equal(
    text,
    '[{"copies":9007199254740993,"price":0.1,"cover":"\\\\x00ff10","published":"2024-03-01T01:30:00.5+00:00"}]',
  )
})

test('text is stored as it is, in any script', async () => {
  const title = 'Ω 漢字 🚀 \u0007 "quotes" \\ back\nline'
  const { data, error } = await client.from('books').insert({ ...NEW_BOOK, title }).select('title').single()
  assert.equal(error, null)
  assert.equal(data.title, title)
})

test('upsert merges into the row with the same primary key', async () => {
  const { data, error, status } = await client
    .from('books')
    .upsert({ id: BOOK_ID[1], isbn: '2', title: 'Solaris, revised', author_id: 2 })
    .select('title, pages')
  assert.equal(error, null)
  assert.equal(status, 200)
  assert.deepEqual(data, [{ title: 'Solaris, revised', pages: 204 }])
})

test('upsert merges on the columns of onConflict, and inserts what is new', async () => {
  const { data, error, status } = await client
    .from('books')
    .upsert(
      [{ isbn: '2', title: 'Solaris II', author_id: 2 }, NEW_BOOK],
      { onConflict: 'isbn' },
    )
    .select('id, isbn, title')
  assert.equal(error, null)
  assert.equal(status, 201)
  assert.deepEqual(data.map((book) => book.title), ['Solaris II', 'The Lathe of Heaven'])
  assert.equal(data[0].id, BOOK_ID[1])
  assert.equal(await total('books'), 6)
})

test('upsert does not reset creation defaults of a row that is there', async () => {
  const before = await client.from('authors').select().eq('id', 1).single()
  const { data } = await client.from('authors').upsert({ id: 1, name: 'U. K. Le Guin' }).select().single()
  assert.equal(data.name, 'U. K. Le Guin')
  assert.equal(data.created_at, before.data.created_at)
  assert.equal(data.country, 'US')
})

test('upsert with ignoreDuplicates returns only what it inserted', async () => {
  const { data, error, status } = await client
    .from('books')
    .upsert([{ isbn: '2', title: 'no', author_id: 2 }, NEW_BOOK], {
      onConflict: 'isbn',
      ignoreDuplicates: true,
    })
    .select('isbn')
  assert.equal(error, null)
  assert.equal(status, 201)
  assert.deepEqual(data, [{ isbn: '9' }])
  assert.equal(await titleOf('2'), 'Solaris')
})

test('upsert refuses a body that names a row twice, and writes nothing', async () => {
  const twice = [
    NEW_BOOK,
    { isbn: '2', title: 'Solaris II', author_id: 2 },
    { isbn: '2', title: 'Solaris III', author_id: 2 },
  ]
  const { error, status } = await client.from('books').upsert(twice, { onConflict: 'isbn' })
  assert.equal(status, 500)
  assert.deepEqual(error, {
    code: '21000',
    message: 'ON CONFLICT DO UPDATE command cannot affect row a second time',
    details: 'rows 2 and 3 have the same key',
    hint: 'name each row once in one request',
  })
  assert.equal(await titleOf('2'), 'Solaris')
  assert.equal(await titleOf('9'), undefined)

  const ignored = await client
    .from('books')
    .upsert([NEW_BOOK, { ...NEW_BOOK, title: 'again' }], { onConflict: 'isbn', ignoreDuplicates: true })
  assert.equal(ignored.error, null)
  assert.equal(await titleOf('9'), NEW_BOOK.title)
})

test('upsert on a composite key', async () => {
  const loan = { book_id: BOOK_ID[0], reader: 'ann', note: 'first' }
  await client.from('loans').insert(loan)
  const { error } = await client.from('loans').upsert({ ...loan, note: 'second' })
  assert.equal(error, null)
  const { data } = await client.from('loans').select('reader, note')
  assert.deepEqual(data, [{ reader: 'ann', note: 'second' }])
})

test('update answers 204, and the rows when asked', async () => {
  const { data, error, status, statusText } = await client
    .from('books')
    .update({ title: 'Fiction' })
    .eq('genre', 'FICTION')
  assert.equal(error, null)
  assert.equal(data, null)
  assert.equal(status, 204)
  assert.equal(statusText, 'No Content')

  const again = await client
    .from('books')
    .update({ pages: 1 })
    .eq('title', 'Fiction')
    .order('isbn')
    .select('isbn, pages')
  assert.equal(again.status, 200)
  assert.deepEqual(again.data, [
    { isbn: '1', pages: 1 },
    { isbn: '2', pages: 1 },
    { isbn: '4', pages: 1 },
  ])
})

test('update moves updatedAt', async () => {
  const before = await client.from('books').select('updated_at').eq('isbn', '1').single()
  await new Promise((resolve) => setTimeout(resolve, 5))
  const { data } = await client.from('books').update({ pages: 2 }).eq('isbn', '1').select('updated_at').single()
  assert.ok(data.updated_at > before.data.updated_at)
})

test('update of no row is no error', async () => {
  const { data, error, status } = await client.from('books').update({ pages: 2 }).eq('isbn', 'none').select()
  assert.equal(error, null)
  assert.equal(status, 200)
  assert.deepEqual(data, [])
})

test('update counts', async () => {
  const { count } = await client.from('books').update({ pages: 2 }, { count: 'exact' }).eq('author_id', 2)
  assert.equal(count, 2)
})

test('single on an update that hits several rows changes none', async () => {
  const { error, status } = await client
    .from('books')
    .update({ title: 'x' })
    .eq('genre', 'FICTION')
    .select()
    .single()
  assert.equal(status, 406)
  assert.equal(error.code, 'PGRST116')
  assert.equal(await titleOf('2'), 'Solaris')
})

test('delete answers 204, and the rows when asked', async () => {
  const first = await client.from('books').delete().eq('isbn', '1')
  assert.equal(first.error, null)
  assert.equal(first.status, 204)
  const second = await client.from('books').delete().in('isbn', ['1', '2']).select('isbn')
  assert.equal(second.status, 200)
  assert.deepEqual(second.data, [{ isbn: '2' }])
  assert.equal(await total('books'), 3)
})

test('delete cascades to rows that say so', async () => {
  await client.from('loans').insert({ book_id: BOOK_ID[0], reader: 'ann' })
  await client.from('books').delete().eq('isbn', '1')
  assert.equal(await total('loans'), 0)
})

test('a write is seen by the next read', async () => {
  for (let i = 0; i < 50; i++) {
    const title = `edition ${i}`
    await client.from('books').update({ title }).eq('isbn', '1')
    assert.equal(await titleOf('1'), title)
  }
})

const ERRORS = [
  {
    name: 'a taken unique value',
    query: () => client.from('books').insert({ ...NEW_BOOK, isbn: '1' }),
    status: 409,
    code: '23505',
    message: 'duplicate key value violates unique constraint "books_isbn_key"',
    details: 'Key (isbn)=(1) already exists.',
  },
  {
    name: 'a taken primary key',
    query: () => client.from('authors').insert({ id: 1, name: 'x' }),
    status: 409,
    code: '23505',
    message: 'duplicate key value violates unique constraint "authors_pkey"',
    details: 'Key (id)=(1) already exists.',
  },
  {
    name: 'a reference to nothing',
    query: () => client.from('books').insert({ ...NEW_BOOK, author_id: 99 }),
    status: 409,
    code: '23503',
    message: 'insert or update on table "books" violates foreign key constraint "books_author_id_fkey"',
    details: 'Key (author_id)=(99) is not present in table "authors".',
  },
  {
    name: 'deleting what others refer to',
    query: () => client.from('authors').delete().eq('id', 1),
    status: 409,
    code: '23503',
    message: /update or delete on table "authors" violates foreign key constraint "books_author_id_fkey"/,
  },
  {
    name: 'a missing required value',
    query: () => client.from('books').insert({ isbn: '9', author_id: 1 }),
    status: 400,
    code: '23502',
    message: 'null value in column "title" of relation "books" violates not-null constraint',
  },
  {
    name: 'null for a required column',
    query: () => client.from('books').update({ title: null }).eq('isbn', '1'),
    status: 400,
    code: '23502',
    message: 'null value in column "title" of relation "books" violates not-null constraint',
  },
  {
    name: 'a value of the wrong type',
    query: () => client.from('books').insert({ ...NEW_BOOK, pages: 'many' }),
    status: 400,
    code: '22P02',
    message: /many/,
  },
  {
    name: 'a number outside of 32 bits',
    query: () => client.from('books').insert({ ...NEW_BOOK, pages: 2147483648 }),
    status: 400,
    code: '22003',
    message: /2147483648|pages/,
  },
  {
    name: 'an unknown enum value',
    query: () => client.from('books').insert({ ...NEW_BOOK, genre: 'POETRY' }),
    status: 400,
    code: '22P02',
    message: /POETRY/,
  },
  {
    name: 'an unknown column',
    query: () => client.from('books').insert({ ...NEW_BOOK, titel: 'x' }),
    status: 400,
    code: 'PGRST204',
    message: "Could not find the 'titel' column of 'books' in the schema cache",
  },
  {
    name: 'an unknown table',
    query: () => client.from('bokos').insert({}),
    status: 404,
    code: 'PGRST205',
    message: /bokos/,
  },
  {
    name: 'a model without a policy',
    query: () => client.from('secrets').insert({ id: 1, text: 'x' }),
    status: 401,
    code: '42501',
    message: /secrets/,
  },
  {
    name: 'a model that may only be read',
    query: () => client.from('notices').insert({ id: 1, text: 'x' }),
    status: 401,
    code: '42501',
    message: /notices/,
  },
  {
    name: 'an update without a filter',
    query: () => client.from('books').update({ pages: 1 }),
    status: 400,
    code: '21000',
    message: /UPDATE requires a WHERE clause|filter/,
    hint: /not\.is\.null/,
  },
  {
    name: 'a delete without a filter',
    query: () => client.from('books').delete(),
    status: 400,
    code: '21000',
    message: /DELETE requires a WHERE clause|filter/,
    hint: /not\.is\.null/,
  },
]
for (const want of ERRORS) {
  test(`refused: ${want.name}`, async () => {
    const { data, error, status } = await want.query()
    assert.equal(data, null)
    assert.equal(status, want.status)
    assert.equal(error.code, want.code)
    for (const key of ['message', 'details', 'hint']) {
      if (want[key] instanceof RegExp) assert.match(error[key], want[key])
      else if (want[key]) assert.equal(error[key], want[key])
    }
    assert.equal(await total('books'), 5)
    assert.equal(await titleOf('1'), 'The Dispossessed')
  })
}
