// The schema and the rows that most tests use: a small lending library with a
// column of each scalar type.

export const LIBRARY = `
enum Genre {
  FICTION
  SCIENCE @map("science")
  HISTORY
}

/// Who wrote it.
model Author {
  id        Int      @id @default(autoincrement())
  name      String
  country   String?
  books     Book[]
  createdAt DateTime @default(now()) @map("created_at")

  @@map("authors")
  @@allow('all', true)
}

model Book {
  id        String    @id @default(uuid(7))
  isbn      String    @unique
  title     String
  pages     Int?
  price     Decimal?
  rating    Float?
  copies    BigInt    @default(1)
  inPrint   Boolean   @default(true) @map("in_print")
  genre     Genre     @default(FICTION)
  published DateTime?
  meta      Json?
  cover     Bytes?
  author    Author    @relation(fields: [authorId], references: [id], onDelete: Restrict)
  authorId  Int       @map("author_id")
  loans     Loan[]
  updatedAt DateTime  @updatedAt @map("updated_at")

  @@index([authorId])
  @@map("books")
  @@allow('all', true)
}

model Loan {
  book   Book   @relation(fields: [bookId], references: [id], onDelete: Cascade)
  bookId String @map("book_id")
  reader String
  note   String?
  days   Int    @default(14)

  @@id([bookId, reader])
  @@map("loans")
  @@allow('all', true)
}

model Notice {
  id   Int    @id
  text String

  @@map("notices")
  @@allow('read', true)
}

model Secret {
  id   Int    @id
  text String

  @@map("secrets")
}
`

export const AUTHORS = [
  { id: 1, name: 'Ursula K. Le Guin', country: 'US' },
  { id: 2, name: 'Stanisław Lem', country: 'PL' },
  { id: 3, name: 'Italo Calvino', country: 'IT' },
  { id: 4, name: 'Anonymous', country: null },
]

const ID = (n) => `00000000-0000-7000-8000-00000000000${n}`

/** Five books; the third has the most nulls. */
export const BOOKS = [
  {
    id: ID(1), isbn: '1', title: 'The Dispossessed', pages: 387, price: 12.5, rating: 4.5,
    copies: 3, in_print: true, genre: 'FICTION', published: '1974-05-01T00:00:00.000+00:00',
    meta: { tags: ['utopia', 'physics'] }, author_id: 1,
  },
  {
    id: ID(2), isbn: '2', title: 'Solaris', pages: 204, price: 9.99, rating: 4.25,
    copies: 2, in_print: true, genre: 'FICTION', published: '1961-06-01T00:00:00.000+00:00',
    meta: null, author_id: 2,
  },
  {
    id: ID(3), isbn: '3', title: 'Beowulf', pages: null, price: null, rating: null,
    copies: 0, in_print: false, genre: 'HISTORY', published: null,
    meta: null, author_id: 4,
  },
  {
    id: ID(4), isbn: '4', title: 'Invisible Cities', pages: 165, price: 11, rating: 4.75,
    copies: 1, in_print: true, genre: 'FICTION', published: '1972-11-03T00:00:00.000+00:00',
    meta: [], author_id: 3,
  },
  {
    id: ID(5), isbn: '5', title: 'Summa Technologiae', pages: 440, price: 30.25, rating: 4.5,
    copies: 1, in_print: false, genre: 'science', published: '1964-01-01T00:00:00.000+00:00',
    meta: { tags: [] }, author_id: 2,
  },
]

export const BOOK_ID = BOOKS.map((book) => book.id)

/** Replaces all rows by the ones above. */
export async function resetLibrary(server) {
  await expectOk(server.fetch('books?isbn=not.is.null', { method: 'DELETE' }))
  await expectOk(server.fetch('authors?id=not.is.null', { method: 'DELETE' }))
  await expectOk(post(server, 'authors', AUTHORS))
  await expectOk(post(server, 'books', BOOKS))
}

export function post(server, path, rows, headers = {}) {
  return server.fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: typeof rows === 'string' ? rows : JSON.stringify(rows),
  })
}

export async function expectOk(promise) {
  const response = await promise
  if (!response.ok) {
    throw new Error(`${response.status} ${await response.text()}`)
  }
  return response
}
