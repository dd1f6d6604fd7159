// Schemas with what the corpus has little of: each default, each native type,
// names at the limit of the engine, relations of every shape.

const GENERATOR = 'generator client {\n  provider = "prisma-client-js"\n}\n'

const datasource = (provider, more = '') =>
  `datasource db {\n  provider = "${provider}"\n  url = env("URL")\n${more}}\n`

const RELATIONS = `
model User {
  id      Int     @id @default(autoincrement())
  email   String  @unique
  posts   Post[]
  liked   Post[]  @relation("Liked")
  friends User[]  @relation("Friends")
  befriended User[] @relation("Friends")
  boss    User?   @relation("Boss", fields: [bossId], references: [id])
  bossId  Int?
  staff   User[]  @relation("Boss")
  profile Profile?
}
model Profile {
  id     String @id @default(uuid())
  user   User   @relation(fields: [userId], references: [id], onDelete: Cascade, onUpdate: NoAction)
  userId Int    @unique
  posts  Post[]
}
model Post {
  blog    String
  number  Int
  id      BigInt   @unique
  author  User?    @relation(fields: [authorId], references: [id], onDelete: SetNull)
  authorId Int?    @default(1)
  profile Profile  @relation(fields: [profileId], references: [id], onDelete: SetDefault, onUpdate: Restrict)
  profileId String @default("x")
  comments Comment[]
  @@id([blog, number])
  @@index([authorId(sort: Desc), number])
  @@unique([profileId, number], name: "client")
  @@map("posts of all")
}
model Comment {
  id     String @id
  blog   String
  number Int?
  post   Post?  @relation(fields: [blog, number], references: [blog, number])
  tags   Tag[]
}
model Tag {
  name     String    @id
  comments Comment[]
}
`.replace('  liked   Post[]  @relation("Liked")\n', '')

const DEFAULTS = `
enum Mood {
  GOOD
  BAD @map("not good")
}
model One {
  id Int @id @default(1)
}
model Defaults {
  id      String   @id @default(cuid())
  text    String   @default("it's\\n\\"text\\"")
  int     Int      @default(-5)
  big     BigInt   @default(5000000000)
  float   Float    @default(1.5)
  decimal Decimal  @default(12.50)
  yes     Boolean  @default(true)
  mood    Mood     @default(BAD)
  none    Mood?
  at      DateTime @default("2020-01-01T02:00:00+02:00")
  now     DateTime @default(now())
  bytes   Bytes?
  changed DateTime @updatedAt
}
`

const LONG = 'a_table_with_a_name_that_is_as_long_as_postgresql_lets_names_be'

const PG_ONLY = `
enum Mood {
  GOOD
  BAD @map("not good")
  @@map("mood of")
}
model Natives {
  id     Int      @id @default(autoincrement()) @db.SmallInt
  serial BigInt   @default(autoincrement())
  oid    Int      @db.Oid
  real   Float    @db.Real
  exact  Decimal  @db.Decimal(10, 2)
  whole  Decimal  @db.Decimal(10)
  money  Decimal  @db.Money
  free   Decimal  @default("0.10")
  short  String   @default("x") @db.VarChar(20)
  any    String   @db.VarChar
  fixed  String   @db.Char(3)
  one    String   @db.Char
  bits   String   @default("101") @db.Bit(3)
  bit    String   @db.Bit
  var    String   @db.VarBit(8)
  uuid   String   @default(dbgenerated("gen_random_uuid()")) @db.Uuid
  xml    String?  @db.Xml
  inet   String   @default("127.0.0.1") @db.Inet
  ci     String   @default("A") @db.Citext
  stamp  DateTime @default(now()) @db.Timestamptz(6)
  then   DateTime @default("2020-01-01T00:00:00Z") @db.Timestamptz
  plain  DateTime @db.Timestamp
  date   DateTime @default(now()) @db.Date
  day    DateTime @default("2020-02-03T00:00:00Z") @db.Date
  time   DateTime @db.Time(2)
  timetz DateTime @db.Timetz
  json   Json     @default("{\\"a\\": [1, \\"it's\\"]}") @db.Json
  jsonb  Json     @default("[]")
  bytes  Bytes    @default("aGk=")
  strange Unsupported("circle")?
  made   Unsupported("tsvector")? @default(dbgenerated("to_tsvector('english'::regconfig, ''::text)"))
}
model Lists {
  id     Int        @id
  texts  String[]   @default(["a", "it's"])
  none   String[]   @default([])
  plain  Int[]
  ints   Int[]      @default([1, -2])
  shorts String[]   @default(["x"]) @db.VarChar(5)
  moods  Mood[]     @default([GOOD, BAD])
  times  DateTime[] @default(["2020-01-01T00:00:00Z"])
  flags  Boolean[]  @default([true, false])
  jsons  Json[]
  tree   Json
  @@index([texts], type: Gin)
  @@index([tree(ops: JsonbPathOps)], type: Gin)
  @@index([id], type: Hash, map: "by hash")
  @@index([id(ops: raw("int4_minmax_ops"))], type: Brin)
}
model Long {
  id   Int    @id
  text String @unique
  also String
  longs Other[]
  @@index([text, also])
  @@map("${LONG}")
}
model Other {
  id    Int    @id
  longs Long[]
}
`

const SCHEMAS = `
model A {
  id Int @id
  b  B?
  cs C[]
  @@schema("one")
}
model B {
  id Int @id
  a  A   @relation(fields: [id], references: [id])
  e  E   @default(X)
  @@schema("two")
}
model C {
  id Int @id
  as A[]
  e  E[]
  @@schema("two")
}
enum E {
  X
  @@schema("one")
}
`

/** @type {{name: string, engine: string, text: string}[]} */
export const PROBES = [
  {
    name: 'relations',
    engine: 'sqlite',
    text: datasource('sqlite') + GENERATOR + RELATIONS,
  },
  { name: 'defaults', engine: 'sqlite', text: datasource('sqlite') + GENERATOR + DEFAULTS },
  {
    name: 'relations',
    engine: 'postgresql',
    text: datasource('postgresql') + GENERATOR + RELATIONS,
  },
  {
    name: 'no-foreign-keys',
    engine: 'postgresql',
    text:
      datasource('postgresql', '  relationMode = "prisma"\n') +
      GENERATOR +
      RELATIONS.replace(/, onDelete: SetDefault, onUpdate: Restrict/, ''),
  },
  { name: 'defaults', engine: 'postgresql', text: datasource('postgresql') + GENERATOR + DEFAULTS },
  {
    name: 'postgresql',
    engine: 'postgresql',
    text:
      datasource('postgresql', '  extensions = [citext]\n') +
      GENERATOR.replace('}', '  previewFeatures = ["postgresqlExtensions"]\n}') +
      PG_ONLY,
  },
  {
    name: 'schemas',
    engine: 'postgresql',
    text: datasource('postgresql', '  schemas = ["one", "two"]\n') + GENERATOR + SCHEMAS,
  },
]
