// A schema with a function of each kind, whose SQL both engines understand.

export const FUNCTIONS = `
enum Genre {
  FICTION
  SCIENCE
}

model Author {
  id    Int    @id
  name  String
  books Book[]

  @@map("authors")
  @@allow('all', true)
}

model Book {
  id       Int      @id
  title    String
  pages    Int?
  genre    Genre    @default(FICTION)
  added    DateTime @default("2020-01-01T00:00:00Z")
  author   Author   @relation(fields: [authorId], references: [id])
  authorId Int      @map("author_id")
  cost     Int      @default(3) @deny('read', true)

  @@map("books")
  @@allow('all', true)
}

model Secret {
  id Int @id

  @@map("secrets")
  @@allow('create', true)
}

type Tally {
  authorId Int @map("author_id")
  count    Int
}

function add returns Int {
  a Int
  b Int @default(1)

  @@sql("SELECT :a + :b")
  @@immutable
  @@allow('call', true)
}

function books_of returns Book[] {
  author Int

  @@sql("SELECT * FROM books WHERE author_id = :author")
  @@stable
  @@allow('call', true)
}

function book_of returns Book? {
  id Int

  @@sql("SELECT * FROM books WHERE id = :id")
  @@stable
  @@allow('call', true)
}

function titles returns String[] {
  least Int?

  @@sql("""
    SELECT title FROM books
    WHERE pages >= :least OR :least IS NULL -- ?, :no, 'no'
    ORDER BY title;
  """)
  @@stable
  @@allow('call', true)
}

function tally returns Tally[] {
  least Int @default(1) @gte(0)

  @@sql("""
    SELECT author_id, count(*) AS count FROM books
    GROUP BY author_id HAVING count(*) >= :least
  """)
  @@stable
  @@allow('call', true)
}

function secrets returns Secret[] {
  @@sql("SELECT * FROM secrets")
  @@stable
  @@allow('call', true)
}

function later returns DateTime {
  than DateTime

  @@sql("SELECT :than")
  @@immutable
  @@allow('call', true)
}

function echo returns Json {
  payload Json

  @@sql("SELECT :payload")
  @@immutable
  @@allow('call', true)
}

function same returns String {
  text String @trim

  @@sql("SELECT :text")
  @@immutable
  @@allow('call', true)
}

function ping {
  @@sql("SELECT 1")
  @@stable
  @@allow('call', true)
}

function retitle returns Book[] {
  from String
  to   String @length(1, 20)

  @@sql("UPDATE books SET title = :to WHERE title = :from RETURNING *")
  @@allow('call', true)
}

function touch returns Book[] {
  @@sql("UPDATE books SET pages = pages RETURNING *")
  @@allow('call', true)
}

function add_book returns Int {
  id    Int
  title String

  @@sql("INSERT INTO books(id, title, author_id) VALUES (:id, :title, 1) RETURNING id")
  @@allow('call', true)
}

function forget {
  id Int

  @@sql("DELETE FROM books WHERE id = :id")
  @@allow('call', true)
}

function label returns String {
  book Book

  @@sql("SELECT :book.title || ' (' || :book.id || ')'")
  @@stable
  @@allow('call', true)
}

function name_of_author returns String? {
  book Book

  @@sql("SELECT name FROM authors WHERE id = :book.author_id")
  @@stable
  @@allow('call', true)
}

function doubled_cost returns Int {
  book Book

  @@sql("SELECT :book.cost * 2")
  @@stable
}

function closed returns Int {
  @@sql("SELECT 1")
  @@stable
}
`

const ROWS = {
  authors: [
    { id: 1, name: 'Le Guin' },
    { id: 2, name: 'Lem' },
  ],
  books: [
    { id: 1, title: 'The Dispossessed', pages: 387, author_id: 1 },
    { id: 2, title: 'Solaris', pages: 204, author_id: 2 },
    { id: 3, title: 'Always Coming Home', pages: 523, author_id: 1 },
  ],
  secrets: [{ id: 1 }],
}

/** Puts the rows in place of whatever is there. */
export async function resetBooks(server) {
  const headers = { 'Content-Type': 'application/json', Prefer: 'resolution=ignore-duplicates' }
  await server.fetch('books?id=gte.0', { method: 'DELETE' })
  for (const [table, rows] of Object.entries(ROWS)) {
    const response = await server.fetch(table, { method: 'POST', headers, body: JSON.stringify(rows) })
    if (!response.ok) throw new Error(`${table}: ${await response.text()}`)
  }
}
