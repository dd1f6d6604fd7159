// Functions of a row in a database that is served as it is found: computed
// fields, and computed relations to rows of other tables.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { PostgrestClient } from '@supabase/postgrest-js'

import * as postgres from './support/postgres_world.js'
import { removeWorkspace, serve, workspace } from './support/tenon.js'

const DATABASE = `
CREATE TABLE authors (id int PRIMARY KEY, name text, born int);
CREATE TABLE books (id int PRIMARY KEY, title text, author int REFERENCES authors, year int);
CREATE VIEW classics AS SELECT id AS number, title FROM books WHERE year < 1900;
INSERT INTO authors VALUES (1, 'Ann', 1850), (2, 'Bob', 1900), (3, 'Cid', 1950);
INSERT INTO books VALUES (1, 'Axes', 1, 1880), (2, 'Bells', 1, 1890), (3, 'Combs', 2, 1930);

CREATE FUNCTION early_books(authors) RETURNS SETOF books STABLE LANGUAGE sql AS
  'SELECT * FROM books WHERE author = $1.id AND year < 1900';
CREATE FUNCTION first_book(authors) RETURNS SETOF books ROWS 1 STABLE LANGUAGE sql AS
  'SELECT * FROM books WHERE author = $1.id ORDER BY year LIMIT 1';
CREATE FUNCTION last_book(a authors) RETURNS books STABLE LANGUAGE sql AS
  'SELECT * FROM books WHERE author = a.id ORDER BY year DESC LIMIT 1';
CREATE FUNCTION writer(books) RETURNS SETOF authors ROWS 1 STABLE LANGUAGE sql AS
  'SELECT * FROM authors WHERE id = $1.author';
CREATE FUNCTION older(authors) RETURNS SETOF authors STABLE LANGUAGE sql AS
  'SELECT * FROM authors WHERE born < $1.born';
CREATE FUNCTION of_classic(classics) RETURNS SETOF authors ROWS 1 STABLE LANGUAGE sql AS
  'SELECT a.* FROM authors a JOIN books b ON b.author = a.id WHERE b.id = $1.number';
CREATE FUNCTION secret_of(authors) RETURNS SETOF books STABLE LANGUAGE sql AS 'SELECT * FROM books';
CREATE FUNCTION "odd ""name"", of it"(authors) RETURNS SETOF books STABLE LANGUAGE sql AS
  'SELECT * FROM books WHERE author = $1.id';
CREATE FUNCTION books_by(authors) RETURNS SETOF books STABLE LANGUAGE sql AS 'SELECT * FROM books WHERE false';

CREATE SCHEMA beside;
CREATE FUNCTION beside.initial(authors) RETURNS text STABLE LANGUAGE sql AS 'SELECT left($1.name, 1)';
CREATE FUNCTION beside.late_books(authors) RETURNS SETOF books STABLE LANGUAGE sql AS
  'SELECT * FROM books WHERE author = $1.id AND year >= 1890';
CREATE FUNCTION beside.hidden(n int) RETURNS int STABLE LANGUAGE sql AS 'SELECT n';
CREATE SCHEMA far;
CREATE FUNCTION far.distant(authors) RETURNS text STABLE LANGUAGE sql AS 'SELECT $1.name';
-- It takes the place of the foreign key.
CREATE SCHEMA more;
CREATE TABLE more.stores (id int PRIMARY KEY, name text);
CREATE TABLE more.shelves (id int PRIMARY KEY, store int REFERENCES more.stores, is_open bool);
CREATE FUNCTION more.shelves(more.stores) RETURNS SETOF more.shelves STABLE LANGUAGE sql AS
  'SELECT * FROM more.shelves WHERE store = $1.id AND is_open';
INSERT INTO more.stores VALUES (1, 'North');
INSERT INTO more.shelves VALUES (1, 1, true), (2, 1, false);
`

let database
let folder
let server
let anonymous

before(async () => {
  if (postgres.skip) return
  database = await postgres.create()
  anonymous = `${database.name}_anonymous`
  await database.run(`${DATABASE}
    CREATE ROLE ${anonymous} NOLOGIN;
    GRANT USAGE ON SCHEMA public, beside, far, more TO ${anonymous};
    GRANT ALL ON ALL TABLES IN SCHEMA public, more TO ${anonymous};
    REVOKE EXECUTE ON FUNCTION secret_of FROM public;`)
  folder = await workspace()
  server = await serve(folder, ['--introspect', '--database', database.url, '--expose', 'public,more',
    '--anon-role', anonymous, '--extra-search-path', 'public, beside', '--aggregates',
    '--tx-end', 'commit-allow-override'])
})

after(async () => {
  await server?.stop()
  await database?.run(`DROP OWNED BY ${anonymous}; DROP ROLE ${anonymous}`)
  await database?.drop()
  if (folder) await removeWorkspace(folder)
})

const check = (name, run) => test(name, { skip: postgres.skip }, run)

async function ask(path, init = {}) {
  const response = await server.fetch(path, init)
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) }
}

/** What each path answers with 200. */
async function expectAll(cases) {
  for (const [path, wanted] of cases) {
    const { status, body } = await ask(encodeURI(path))
    assert.deepEqual([status, body], [200, wanted], `${path}: ${JSON.stringify(body)}`)
  }
}

check('a function of a row is a relation: to many, and to one where it says so', () =>
  expectAll([
    ['authors?select=name,early_books(title)&id=lte.2&order=id',
      [{ name: 'Ann', early_books: [{ title: 'Axes' }, { title: 'Bells' }] }, { name: 'Bob', early_books: [] }]],
    ['authors?select=id,first_book(title)&order=id', [
      { id: 1, first_book: { title: 'Axes' } }, { id: 2, first_book: { title: 'Combs' } }, { id: 3, first_book: null }]],
    ['authors?select=id,last_book(title)&order=id', [
      { id: 1, last_book: { title: 'Bells' } }, { id: 2, last_book: { title: 'Combs' } }, { id: 3, last_book: null }]],
    ['books?select=id,writer(name)&id=eq.3', [{ id: 3, writer: { name: 'Bob' } }]],
    ['classics?select=title,of_classic(name)&order=number', [
      { title: 'Axes', of_classic: { name: 'Ann' } }, { title: 'Bells', of_classic: { name: 'Ann' } }]],
    ['authors?select=id,older(id)&order=id', [
      { id: 1, older: [] }, { id: 2, older: [{ id: 1 }] }, { id: 3, older: [{ id: 1 }, { id: 2 }] }]],
  ]))

check('it is filtered, ordered, cut, spread and counted as any other', () =>
  expectAll([
    ['authors?select=id,b:early_books(title)&b.order=title.desc&b.limit=1&id=eq.1', [{ id: 1, b: [{ title: 'Bells' }] }]],
    ['authors?select=id,early_books!inner(id)&order=id', [{ id: 1, early_books: [{ id: 1 }, { id: 2 }] }]],
    ['authors?select=id,first_book!inner(id)&first_book.year=gt.1900', [{ id: 2, first_book: { id: 3 } }]],
    ['authors?select=id,last_book!inner()&order=id', [{ id: 1 }, { id: 2 }]],
    ['authors?select=id,first_book()&first_book=is.null', [{ id: 3 }]],
    ['authors?select=id,last_book()&last_book=is.null', [{ id: 3 }]],
    ['authors?select=id,early_books()&early_books=not.is.null', [{ id: 1 }]],
    ['authors?select=id,...first_book(title)&order=id&limit=1', [{ id: 1, title: 'Axes' }]],
    ['authors?select=id,...early_books(title)&id=eq.1', [{ id: 1, title: ['Axes', 'Bells'] }]],
    ['authors?select=id,first_book(year)&order=first_book(year).desc.nullslast', [
      { id: 2, first_book: { year: 1930 } }, { id: 1, first_book: { year: 1880 } }, { id: 3, first_book: null }]],
    ['authors?select=id,early_books(count())&id=eq.1', [{ id: 1, early_books: [{ count: 2 }] }]],
    ['books?select=id,writer(name,older(name))&id=eq.3', [{ id: 3, writer: { name: 'Bob', older: [{ name: 'Ann' }] } }]],
    ['books?select=id,authors(first_book(id))&id=eq.2', [{ id: 2, authors: { first_book: { id: 1 } } }]],
    ['authors?select="odd \\"name\\", of it"(id)&id=eq.2', [{ 'odd "name", of it': [{ id: 3 }] }]],
    ['authors?select=id,early_books!whatever(id)&id=eq.2', [{ id: 2, early_books: [] }]],
  ]))

check('a relation of that name goes before the foreign key', async () => {
  const headers = { 'Accept-Profile': 'more' }
  const { body } = await ask('stores?select=name,shelves(id)', { headers })
  assert.deepEqual(body, [{ name: 'North', shelves: [{ id: 1 }] }])
})

check('fields and relations are also found through the extra search path, and no call is', async () => {
  await expectAll([
    ['authors?select=initial,late_books(id)&initial=eq.A', [{ initial: 'A', late_books: [{ id: 2 }] }]],
    ['authors?select=id&order=initial.desc&limit=1', [{ id: 3 }]],
  ])
  assert.equal((await ask('rpc/hidden?n=1')).body.code, 'PGRST202')
  assert.equal((await ask('authors?select=distant')).body.code, '42703')
})

check('written rows and rows of functions have them, too', async () => {
  const made = await ask('authors?select=id,initial,older(id)&order=id.desc', {
    method: 'POST',
    body: JSON.stringify([{ id: 10, name: 'Di', born: 1851 }, { id: 9, name: 'Ed', born: 1852 }]),
    headers: { 'Content-Type': 'application/json', Prefer: 'return=representation,tx=rollback' },
  })
  assert.deepEqual(made.body, [
    { id: 10, initial: 'D', older: [{ id: 1 }] }, { id: 9, initial: 'E', older: [{ id: 1 }] }], JSON.stringify(made.body))
})

check('whoever may not call the function may not embed it', async () => {
  const { status, body } = await ask('authors?select=secret_of(id)')
  assert.deepEqual([status, body.code], [401, '42501'])
})

check('names that are none of it are refused with those that are like it', async () => {
  const { status, body } = await ask('authors?select=first_bok(id)')
  assert.deepEqual([status, body.code, body.hint], [400, 'PGRST200', "Perhaps you meant 'first_book' instead of 'first_bok'."])
  for (const name of ['early_books; DROP TABLE books', 'pg_sleep', 'early_books"', "early_books'--"]) {
    const hostile = await ask(`authors?select=${encodeURIComponent(`"${name.replace(/"/g, '\\"')}"`)}(id)`)
    assert.deepEqual([hostile.status, hostile.body.code], [400, 'PGRST200'], name)
  }
})

check('the official client embeds them', async () => {
  const client = new PostgrestClient(`${server.url}/rest/v1`)
  const { data, error } = await client.from('authors').select('id, first_book(title)').eq('first_book.title', 'Axes')
    .not('first_book', 'is', null)
  assert.equal(error, null)
  assert.deepEqual(data, [{ id: 1, first_book: { title: 'Axes' } }])
})
