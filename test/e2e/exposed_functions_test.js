// Functions that a PostgreSQL database has beside the schema file, called over
// REST: those of schemas that somebody names, and of no other; as the roles that
// Tenon works as; and with what the schema file says of the rows they return.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { create, skip } from './support/postgres_world.js'
import { removeWorkspace, run, serve, workspace } from './support/tenon.js'

const SCHEMA = `model Author {
  id    Int    @id
  name  String
  books Book[]

  @@map("authors")
  @@allow('all', true)
}

model Book {
  id       Int     @id
  title    String
  price    Decimal @default(1)
  password String? @password
  author   Author  @relation(fields: [authorId], references: [id])
  authorId Int     @map("author_id")

  @@map("books")
  @@allow('all', true)
}

model Ledger {
  id Int @id

  @@map("ledger")
}

function twice returns Int {
  n Int

  @@sql("SELECT :n * 2")
  @@immutable
  @@allow('call', true)
}
`

const FUNCTIONS = `
CREATE SCHEMA api;
CREATE SCHEMA inner_circle;
CREATE FUNCTION api.add(a int, b int DEFAULT 1) RETURNS int LANGUAGE sql STABLE AS 'SELECT a + b';
CREATE FUNCTION api.add(word text) RETURNS text LANGUAGE sql STABLE AS $$ SELECT word || '!' $$;
CREATE FUNCTION api.same(a int) RETURNS int LANGUAGE sql STABLE AS 'SELECT a';
CREATE FUNCTION api.same(a text) RETURNS text LANGUAGE sql STABLE AS 'SELECT a';
CREATE FUNCTION api.total(VARIADIC n int[]) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT sum(x) FROM unnest(n) x';
CREATE FUNCTION api.twice(n int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT -1';
CREATE FUNCTION api.who() RETURNS text LANGUAGE sql STABLE AS 'SELECT current_user::text';
CREATE FUNCTION api.who_writes() RETURNS text LANGUAGE sql VOLATILE AS 'SELECT current_user::text';
CREATE FUNCTION api.books_of(author int) RETURNS SETOF books LANGUAGE sql STABLE
  AS 'SELECT * FROM books WHERE author_id = author ORDER BY id';
CREATE FUNCTION api.dearest() RETURNS books LANGUAGE sql STABLE AS 'SELECT * FROM books ORDER BY price DESC LIMIT 1';
CREATE FUNCTION api.ledgers() RETURNS SETOF ledger LANGUAGE sql STABLE AS 'SELECT * FROM ledger';
CREATE FUNCTION api.tally(fewest int DEFAULT 0) RETURNS TABLE (author int, count bigint) LANGUAGE sql STABLE
  AS 'SELECT author_id, count(*) FROM books GROUP BY 1 HAVING count(*) > fewest ORDER BY 1';
CREATE FUNCTION api.raise_price(id int, by numeric) RETURNS SETOF books LANGUAGE sql VOLATILE
  AS 'UPDATE books SET price = price + by WHERE books.id = raise_price.id RETURNING *';
CREATE FUNCTION api.touch() RETURNS void LANGUAGE sql VOLATILE AS 'UPDATE books SET price = price';
CREATE FUNCTION api.fail(code text) RETURNS int LANGUAGE plpgsql STABLE AS $$
  BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = code, HINT = 'ask nicely'; END $$;
CREATE FUNCTION inner_circle.clear() RETURNS void LANGUAGE sql VOLATILE AS 'DELETE FROM books';
CREATE FUNCTION api.sneaky() RETURNS int LANGUAGE plpgsql STABLE SECURITY DEFINER AS $$
  BEGIN PERFORM inner_circle.clear(); RETURN 1; END $$;
CREATE FUNCTION api.whole(jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE FUNCTION api.reserved() RETURNS int LANGUAGE sql STABLE AS 'SELECT 1';
REVOKE EXECUTE ON FUNCTION api.reserved() FROM PUBLIC;
CREATE FUNCTION inner_circle.plot() RETURNS int LANGUAGE sql STABLE AS 'SELECT 1';
CREATE FUNCTION public.hello() RETURNS text LANGUAGE sql STABLE AS $$ SELECT 'hello from public' $$;
INSERT INTO authors VALUES (1, 'Le Guin'), (2, 'Lem');
INSERT INTO books (id, title, price, password, author_id) VALUES
  (1, 'The Dispossessed', 12.5, 'hash', 1), (2, 'The Lathe of Heaven', 9, 'hash', 1), (3, 'Solaris', 20, 'hash', 2);
INSERT INTO ledger VALUES (1);
`

const folders = []
after(() => Promise.all(folders.map(removeWorkspace)))

async function application() {
  const folder = await workspace({ 'schema.prisma': SCHEMA })
  folders.push(folder)
  return folder
}

describe('functions beside a schema file', { skip }, () => {
  let folder, database, server
  const at = (...args) => ['--database', database.url, ...args]

  before(async () => {
    folder = await application()
    database = await create()
    for (const step of [() => run(folder, ['push', ...at()]), () => database.run(FUNCTIONS),
      () => run(folder, ['push', ...at('--expose-functions', 'api,public')])]) {
      const made = await step()
      assert.equal(made?.code ?? 0, 0, made?.stderr)
    }
    server = await serve(folder, at('--expose-functions', 'api,public', '--workers', '1'))
  })
  after(async () => {
    assert.equal(await server?.stop(), 0)
    await database?.drop()
  })

  async function call(path, { method = 'GET', body, headers = {} } = {}) {
    const response = await server.fetch(`rpc/${path}`, {
      method, headers: { 'Content-Type': 'application/json', ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) }
  }
  const post = (name, body = {}, headers) => call(name, { method: 'POST', body, headers })
  const code = ({ status, body }) => `${status} ${body.code}`

  const ANSWERS = [
    ['a scalar by GET', 'add?a=1', undefined, 2],
    ['a scalar by POST', 'add', { a: 1, b: 5 }, 6],
    ['the overload of that argument', 'add?word=x', undefined, 'x!'],
    ['two that are as good as each other', 'same?a=1', undefined, { code: 'PGRST203' }],
    ['a variadic one, by a repeated key', 'total?n=1&n=2&n=3', undefined, 6],
    ['a variadic one, by a list', 'total', { n: [4, 5] }, 9],
    ['a row of a model', 'dearest?select=title', undefined, { title: 'Solaris' }],
    ['a table', 'tally', {}, [{ author: 1, count: 2 }, { author: 2, count: 1 }]],
    ['a default', 'tally', { fewest: 1 }, [{ author: 1, count: 2 }]],
    ['filters and an order of the result', 'tally?count=gte.1&order=author.desc&select=author', undefined,
      [{ author: 2 }, { author: 1 }]],
    ['a filter on rows of a model', 'books_of?author=1&price=gt.10&select=id,title', undefined,
      [{ id: 1, title: 'The Dispossessed' }]],
    ['what is embedded in rows of a model', 'books_of?author=2&select=title,authors(name)', undefined,
      [{ title: 'Solaris', authors: { name: 'Lem' } }]],
    ['a body as a whole', 'whole', { any: ['thing'] }, { any: ['thing'] }],
  ]
  for (const [what, path, body, expected] of ANSWERS) {
    test(`${what} is answered`, async () => {
      const answer = body === undefined ? await call(path) : await post(path, body)
      if (expected?.code !== undefined) assert.equal(answer.body.code, expected.code)
      else assert.deepEqual(answer.body, expected)
    })
  }

  test('a function of the schema file comes first', async () => {
    assert.equal((await call('twice?n=4')).body, 8)
  })

  test('it runs as the role that reads, or the one that writes', async () => {
    assert.equal((await call('who')).body, `${database.name}_tenon_read_only`)
    assert.equal((await post('who')).body, `${database.name}_tenon_read_only`)
    assert.equal((await post('who_writes')).body, `${database.name}_tenon_read_write`)
  })

  test('one that writes is called by POST, and commits', async () => {
    const raised = await post('raise_price?select=id,price', { id: 2, by: 0.5 })
    assert.deepEqual(raised.body, [{ id: 2, price: 9.5 }])
    assert.deepEqual(await database.rows('SELECT price FROM books WHERE id = 2'), [{ price: 9.5 }])
    const nothing = await post('touch')
    assert.deepEqual([nothing.status, nothing.body], [204, undefined])
    assert.equal(code(await call('touch')), '405 25006')
    assert.equal(code(await call('raise_price?id=2&by=1')), '405 25006')
  })

  test('one that only says that it reads cannot write', async () => {
    assert.equal(code(await post('sneaky')), '405 25006')
    assert.equal((await database.rows('SELECT count(*) FROM books'))[0].count, 3)
  })

  test('columns that the schema hides stay hidden', async () => {
    const [first] = (await call('books_of?author=2')).body
    assert.deepEqual(Object.keys(first), ['id', 'title', 'price', 'author_id'])
    assert.equal(code(await call('books_of?author=2&select=password')), '401 42501')
    assert.equal(code(await call('books_of?author=2&password=eq.hash')), '401 42501')
  })

  test('rows of a model that is closed stay closed', async () => {
    assert.deepEqual((await call('ledgers')).body, [])
  })

  test('a count and a range', async () => {
    const { status, headers } = await call('books_of?author=1&limit=1', { headers: { Prefer: 'count=exact' } })
    assert.equal(status, 206)
    assert.equal(headers.get('content-range'), '0-0/2')
  })

  test('its own errors are told', async () => {
    const { status, body } = await call('fail?code=P0001')
    assert.deepEqual([status, body.code, body.message, body.hint], [400, 'P0001', 'refused', 'ask nicely'])
    assert.equal(code(await call('fail?code=PT418')), '418 PT418')
    assert.equal(code(await post('add', { a: 2147483647, b: 1 })), '400 22003')
  })

  const REFUSED = [
    ['of a schema that is not named', 'plot', '404 PGRST202'],
    ['that does not exist', 'nothing', '404 PGRST202'],
    ['without its arguments', 'books_of', '404 PGRST202'],
    ['with arguments that it has not', 'tally?most=1', '404 PGRST202'],
    ['that the role may not execute', 'reserved', '401 42501'],
    ['of the server', 'pg_sleep?seconds=1', '404 PGRST202'],
  ]
  for (const [what, path, expected] of REFUSED) {
    test(`a function ${what} is refused`, async () => {
      assert.equal(code(await call(path)), expected)
    })
  }

  test('the profile chooses the schema, the first is the one without', async () => {
    const there = { headers: { 'Accept-Profile': 'public' } }
    assert.equal((await call('hello', there)).body, 'hello from public')
    assert.equal(code(await call('hello')), '404 PGRST202')
    assert.equal(code(await post('who', {}, { 'Content-Profile': 'inner_circle' })), '406 PGRST106')
    assert.equal((await post('hello', {}, { 'Content-Profile': 'public' })).body, 'hello from public')
  })

  test('tables and functions of the file are as they were', async () => {
    const books = await (await server.fetch('books?select=id&order=id')).json()
    assert.deepEqual(books, [{ id: 1 }, { id: 2 }, { id: 3 }])
    assert.equal((await server.fetch('books', { headers: { 'Accept-Profile': 'api' } })).status, 406)
  })

  test('a client that names the schema of the tables, by habit, is told that there is no function', async () => {
    const other = await serve(folder, at('--workers', '1', '--expose-functions', 'api'))
    try {
      const status = async (name, profile) =>
        (await other.fetch(`rpc/${name}`, { headers: { 'Accept-Profile': profile } })).status
      assert.equal(await status('who', 'public'), 404)
      assert.equal(await status('twice?n=1', 'public'), 200)
      assert.equal(await status('who', 'api'), 200)
      assert.equal(await status('who', 'inner_circle'), 406)
    } finally {
      await other.stop()
    }
  })

  test('without the setting none of them is there', async () => {
    const plain = await serve(folder, at('--workers', '1'))
    try {
      assert.equal((await plain.fetch('rpc/add?a=1')).status, 404)
      assert.equal((await plain.fetch('rpc/twice?n=1')).status, 200)
    } finally {
      await plain.stop()
    }
  })

  test('a schema that is not there, and settings that do not go together', async () => {
    for (const [args, pattern] of [
      [at('--expose-functions', 'nowhere'), /expose-functions: the database has no schema "nowhere"/],
      [['--database', 'file:app.db', '--expose-functions', 'api'], /only a PostgreSQL database has functions of its own/],
      [at('--introspect', '--expose-functions', 'api'), /--expose-functions is for what is served by a schema file/],
    ]) {
      const { code: exit, stderr } = await run(folder, ['serve', '--listen', '127.0.0.1:0', ...args])
      assert.equal(exit, 1)
      assert.match(stderr, pattern)
    }
  })
})
