// Schemas of one idea each: does Prisma take it? In FIELDS and INDEXES, one line
// of a model; in MODELS, all of it.

export const FIELDS = String.raw`
a Decimal @db.Decimal(10)
a Decimal @db.Decimal(10, 2)
a Decimal @db.Decimal(10, 11)
a Decimal @db.Decimal(0)
a Decimal @db.Decimal(1001, 1)
a Decimal @db.Decimal(10, -1)
a Decimal @db.Decimal()
a Decimal @db.Decimal(1,2,3)
a Decimal @db.Money
a String @db.VarChar
a String @db.VarChar()
a String @db.VarChar(0)
a String @db.VarChar(10485760)
a String @db.VarChar(10485761)
a String @db.VarChar(x)
a String @db.VarChar("5")
a String @db.VarChar(5.5)
a String @db.Text(5)
a String @db.Bit(0)
a String @db.Bit
a String @db.VarBit(0)
a String @db.Char(0)
a String @db.Xml
a String @unique @db.Xml
a String @db.Inet
a String @db.Citext
a String @db.Uuid
a Int @db.Uuid
a String @db.LongText
a String @db.text
a String @pg.Text
a String @Text.db
a String @db.Text @db.Uuid
a String @db.Text @db.Text
a String[] @db.Uuid
a DateTime @db.Timestamp(6)
a DateTime @db.Timestamp(7)
a DateTime @db.Timestamp(-1)
a DateTime @db.Timetz(3)
a DateTime @db.Date(3)
a DateTime @db.Date
a Bytes @db.ByteA
a Json @db.JsonB
a Json @db.Json
a Json @unique @db.Json
a Json @unique
a Boolean @db.Boolean
a Int @db.SmallInt @default(99999)
a Int @db.Oid
a BigInt @db.BigInt
a Int @db.BigInt
a Float @db.Real
a E @db.Text
a A2 @db.Text
a Unsupported("text")?
a Unsupported("Text")?
a Unsupported("VarChar(3)")?
a Unsupported("text(3)")?
a Unsupported("")?
a Unsupported("x") @default(dbgenerated("1"))
a Unsupported("x") @default(1)
a Unsupported("x") @default("a")
a Unsupported("x") @unique
a Unsupported("x")[]
a Unsupported("x")? @ignore
a Unsupported("x")? @map("b")
a Unsupported("x")? @updatedAt
a String @unique @ignore
a DateTime @updatedAt @default(now())
a DateTime? @updatedAt
a DateTime[] @updatedAt
a Int @updatedAt
a Int[] @default([1, 2])
a Int[] @default([])
a Int[] @default(1)
a Int @default([1])
a Int[] @default([1, "x"])
a Int[] @default(dbgenerated("'{}'"))
a Int[] @default(dbgenerated())
a Int[] @default(autoincrement())
a String[] @default(uuid())
a DateTime[] @default([now()])
a E[] @default([X])
a E[] @default([X, Q])
a E @default(X)
a E @default(Q)
a E @default("X")
a E @default(dbgenerated("'X'"))
a Int[] @unique
a Int[] @id
a Json[] @default(["{}"])
a Json @default("{")
a Json @default({})
a Bytes @default("aGk=")
a Bytes @default("hi!")
a Bytes @default("aGk")
a DateTime @default("2020-01-01T00:00:00Z")
a DateTime @default("2020-01-01")
a DateTime @default("2020-01-01 00:00:00")
a DateTime @default("2020-13-01T00:00:00Z")
a DateTime @default("2020-01-01T00:00:00.123+02:00")
a DateTime @default(now)
a DateTime @default(now(3))
a Int @default(99999999999)
a Int @default(-5)
a Int @default(5.5)
a Int @default("5")
a BigInt @default(99999999999)
a BigInt @default(9223372036854775808)
a Float @default(5)
a Float @default("5")
a Float @default(5.55)
a Decimal @default(5)
a Decimal @default("5.5")
a Decimal @default("abc")
a Decimal @default("1e5")
a Boolean @default(true)
a Boolean @default("true")
a Boolean @default(True)
a Boolean @default(1)
a String @default("a")
a String @default(a)
a String @default(5)
a String @default(now())
a String @default(uuid())
a String @default(uuid(4))
a String @default(uuid(7))
a String @default(uuid(6))
a String @default(uuid("7"))
a String @default(cuid())
a String @default(cuid(1))
a String @default(cuid(2))
a String @default(cuid(3))
a String @default(ulid())
a String @default(ulid(1))
a String @default(nanoid())
a String @default(nanoid(2))
a String @default(nanoid(1))
a String @default(nanoid(255))
a String @default(nanoid(256))
a String @default(nanoid("5"))
a Int @default(uuid())
a String @default(dbgenerated())
a String @default(dbgenerated(""))
a String @default(dbgenerated("x"))
a String @default(dbgenerated(5))
a String @default(dbgenerated("a", "b"))
a Int @default(autoincrement())
a BigInt @default(autoincrement())
a String @default(autoincrement())
a Int? @default(autoincrement())
a String @default(auto())
a Int @default(sequence())
a String @default(foo())
a String @default(value: "x")
a String @default("x", map: "y")
a String @default()
a String @default
a Int @default(1) @default(2)
a Int @map("b")
a Int @map(name: "b")
a Int @map("id")
a Int @map("")
a Int @map(b)
a Int @unique(map: "b")
a Int @unique("b")
a Int @unique(sort: Desc)
a Int @unique(sort: desc)
a Int @unique(length: 5)
a Int @unique(clustered: true)
a Int @unique @unique
a Int @id
a Int? @unique
a Int @ignore
a Int @ignore(1)
a A2?
a A2 @id
a A2? @unique
@@id([a])
@@index([id])
@@index(id)
@@index([id], map: "x")
@@index([id], name: "x")
@@index([id], name: "x", map: "y")
@@index([id], type: BTree)
@@index([id], type: Hash)
@@index([id], type: Foo)
@@index([id], type: "Hash")
@@index([id(sort: Desc)])
@@index([id(sort: Desc)], type: Hash)
@@index([id(length: 5)])
@@index([id(foo: 5)])
@@index([id(ops: raw("x"))])
@@index([id(ops: raw("x"))], type: Gin)
@@index([id(ops: Int4MinMaxOps)], type: Brin)
@@index([id(ops: Int4MinMaxOps)])
@@index([id(ops: Int4BloomOps)], type: Brin)
@@index([id(ops: TextOps)], type: SpGist)
@@index([id(ops: FooOps)], type: Gin)
@@index([id], type: Gin)
@@index([id], type: Gist)
@@index([id], type: SpGist)
@@index([id], type: Brin)
@@index([id], clustered: true)
@@index([id, id])
@@index([])
@@index([nope])
@@index(fields: [id])
@@index
@@index([id])
@@unique([id])
@@unique([id], name: "x")
@@unique([id], name: "id")
@@unique([id], name: "x-y")
@@unique([id], map: "x")
@@unique([id(sort: Desc)])
@@unique([id(ops: raw("x"))])
@@unique([id], type: Hash)
@@fulltext([id])
@@map("b")
@@map("")
@@map(name: "b")
@@ignore
@@schema("x")
@@foo
@@shardKey([id])
@foo Int
`.trim().split('\n')

export const INDEXES = String.raw`
@@index([t], type: SpGist)
@@index([t, id], type: SpGist)
@@index([t], type: Hash)
@@index([t, id], type: Hash)
@@index([l], type: Gin)
@@index([j], type: Gin)
@@index([t], type: Gin)
@@index([e], type: Gin)
@@index([e], type: Brin)
@@index([j], type: Brin)
@@index([l], type: Brin)
@@index([e], type: Hash)
@@index([j(ops: JsonbPathOps)], type: Gin)
@@index([j(ops: JsonbOps)], type: Gin)
@@index([l(ops: ArrayOps)], type: Gin)
@@index([t(ops: ArrayOps)], type: Gin)
@@index([j(ops: ArrayOps)], type: Gin)
@@index([l(ops: JsonbOps)], type: Gin)
@@index([t(ops: raw("gin_trgm_ops"))], type: Gin)
@@index([t(ops: raw("gist_trgm_ops"))], type: Gist)
@@index([i(ops: InetOps)], type: Gist)
@@index([t(ops: InetOps)], type: Gist)
@@index([i], type: Gist)
@@index([i], type: SpGist)
@@index([t(ops: TextOps)], type: SpGist)
@@index([t(ops: TextMinMaxOps)], type: Brin)
@@index([t(ops: TextBloomOps)], type: Brin)
@@index([t(ops: UuidBloomOps)], type: Brin)
@@index([i(ops: InetInclusionOps)], type: Brin)
@@index([t(ops: raw("x"), sort: Desc)], type: Gin)
@@index([l])
@@index([j])
@@unique([l])
@@unique([j])
@@id([id, t])
@@id([t(sort: Desc)])
@@unique([t, id], name: "t_id")
@@unique([t, id], name: "t")
@@unique([t, id], name: "q")
@@unique([t, l], name: "q")
`.trim().split('\n')

export const MODELS = `
model A {
  a Int
  b Int
  c Int?
  @@id([a, b])
}
===
model A {
  a Int
  c Int?
  @@id([a, c])
}
===
model A {
  a Int
  b Int
  a_b Int
  @@id([a, b])
}
===
model A {
  a Int
  b Int
  a_b Int
  @@id([a, b], name: "q")
}
===
model A {
  a Int
  b Int
  a_b Int @unique
  @@unique([a, b])
}
===
model A {
  a Int @id
  b Int
  @@unique([a, b], name: "q")
  @@unique([b, a], name: "q")
}
===
model A {
  a Int @id
  b Int
  @@unique([a, b])
  @@unique([a, b])
}
===
model A {
  a Int @id
  b Int
  @@index([a, b])
  @@index([a, b])
}
===
model A {
  a Int @id(map: "x")
}
===
model A {
  a Int @id(sort: Desc)
}
===
model A {
  a Int @id(length: 3)
}
===
model A {
  a Int
}
===
model A {
  a Int
  @@ignore
}
===
model A {
  a Int @ignore
  b Int @id
  @@ignore
}
===
model A {
  a Unsupported("x") @id
}
===
model A {
  a Unsupported("x") @unique
  @@ignore
}
===
model A {
  id Int @id
  b B[]
}
model B {
  id Int @id
  a A @relation(fields: [aId], references: [id])
  aId Int
  @@ignore
}
===
model A {
  id Int @id
  b B[] @ignore
}
model B {
  id Int @id
  a A @relation(fields: [aId], references: [id])
  aId Int
  @@ignore
}
===
model A {
  id Int @id
  b B[]
}
model B {
  id Int @id
  a A[]
}
===
model A {
  id Int @id
  b B[] @relation(onDelete: Cascade)
}
model B {
  id Int @id
  a A[]
}
===
model A {
  id Int @id
  b B[] @relation(references: [id])
}
model B {
  id Int @id
  a A[] @relation(references: [id])
}
===
model A {
  x Int @unique
  b B[]
}
model B {
  id Int @id
  a A[]
}
===
model A {
  x Int
  y Int
  b B[]
  @@id([x, y])
}
model B {
  id Int @id
  a A[]
}
===
model A {
  x Int
  b B[]
  @@id([x])
}
model B {
  id Int @id
  a A[]
}
===
model A {
  id Int @id
  b B[] @relation("x", map: "foo")
}
model B {
  id Int @id
  a A[] @relation("x")
}
===
model A {
  id Int @id
  f A[] @relation("f")
  g A[] @relation("f")
}
===
model A {
  id Int @id
  f A[]
}
===
model A {
  id Int @id
  f A[] @relation("f")
}
===
model A {
  id Int @id
  f A[]
  g A[]
}
===
model A {
  id Int @id
  p A? @relation("f", fields: [pId], references: [id])
  pId Int?
  c A[] @relation("f")
}
===
model A {
  id Int @id
  p A? @relation(fields: [pId], references: [id])
  pId Int?
  c A[]
}
===
model A {
  id Int @id
  p A? @relation("f", fields: [pId], references: [id])
  pId Int? @unique
  c A? @relation("f")
}
===
model A {
  id Int @id
  p A? @relation("f", fields: [pId], references: [id])
  pId Int?
  c A? @relation("f")
}
===
model A {
  id Int @id
  bs B[]
}
model B {
  id Int @id
  a A @relation(fields: [aId], references: [id], onDelete: SetNull)
  aId Int
}
===
model A {
  id Int @id
  bs B[]
}
model B {
  id Int @id
  a A @relation(fields: [aId], references: [id], onDelete: SetDefault)
  aId Int
}
===
model A {
  id Int @id
  bs B[]
}
model B {
  id Int @id
  a A @relation(fields: [aId], references: [id], map: "foo")
  aId Int
}
===
model A {
  id Int @id
  bs B[] @relation(map: "foo")
}
model B {
  id Int @id
  a A @relation(fields: [aId], references: [id])
  aId Int
}
===
model A {
  id Int @id
  bs B[] @relation("r1")
  cs B[] @relation("r2")
}
model B {
  id Int @id
  a A @relation("r1", fields: [aId], references: [id])
  b A @relation("r2", fields: [aId], references: [id])
  aId Int
}
===
model A {
  id Int @id
  x Int
  y Int
  bs B[]
  @@unique([x, y])
}
model B {
  id Int @id
  a A? @relation(fields: [x, y], references: [y, x])
  x Int
  y Int?
}
===
model A {
  id BigInt @id
  bs B[]
}
model B {
  id Int @id
  a A @relation(fields: [aId], references: [id])
  aId Int
}
===
model A {
  id Int @id
  bs B[]
}
model B {
  id Int @id
  a A @relation(fields: [aId, aId], references: [id, id])
  aId Int
}
===
model A {
  id Int @id
  bs B?
}
model B {
  id Int @id
  a A @relation(fields: [aId], references: [id])
  aId Int
}
===
model A {
  id Int @id
  bs B?
}
model B {
  id Int @id
  a A @relation(fields: [id], references: [id])
}
===
model A {
  id Int @id
  bs B
}
model B {
  id Int @id
  a A @relation(fields: [id], references: [id])
}
===
model A {
  id Int @id
  bs B[]
}
model B {
  id Int @id
  a A? @relation(fields: [aId], references: [id])
  aId Int
}
===
model A {
  id Int @id
  bs B[]
}
model B {
  id Int @id
  a A @relation(fields: [aId], references: [id])
  aId Int?
}
===
view V {
  id Int
}
===
view V {
  id Int @unique
}
===
view V {
  id Int @unique(map: "x")
}
===
view V {
  id Int @id
}
===
view V {
  id Int
  @@unique([id])
}
===
view V {
  id Int
  @@index([id])
}
===
view V {
  id Int @unique
  @@map("vv")
  @@ignore
}
===
view V {
  id Int @unique
  as A[]
}
model A {
  id Int @id
  v V? @relation(fields: [vId], references: [id])
  vId Int?
}
===
view V {
  id Int @unique
  aId Int
  a A @relation(fields: [aId], references: [id])
}
model A {
  id Int @id
  v V[]
}
===
view V {
  id Int @unique
  a A[]
}
model A {
  id Int @id
  v V[]
}
===
enum E {
  A
  B @map("A")
}
===
enum E {
  A @map("x")
  B @map("x")
}
===
enum E {
  A
  A
}
===
enum E {
}
===
enum E {
  A
  @@map("x")
}
model A {
  id Int @id
  e E
}
===
enum E {
  A
  @@map("A")
}
model A {
  id Int @id
  e E
}
===
model A {
  id Int @id
  @@map("x")
}
model B {
  id Int @id
  @@map("x")
}
===
model A {
  id Int @id
  @@map("B")
}
model B {
  id Int @id
}
===
model A {
  id Int @id
  x Int @unique(map: "foo")
}
model B {
  id Int @id
  x Int @unique(map: "foo")
}
===
model A {
  id Int @id
  x Int @unique(map: "B")
}
model B {
  id Int @id
}
===
model A {
  id Int @id
  x Int @unique(map: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
}
===
model A {
  id Int @id
  @@map("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
}
===
model A {
  id Int @id
  aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa Int
}
===
model A {
  id Int @id
  aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1 Int
  aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa2 Int
  @@index([aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1])
  @@index([aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa2])
}
===
type T {
  x Int
}
model A {
  id Int @id
  t T
}
===
model String {
  id Int @id
}
===
model await {
  id Int @id
}
===
model A_1 {
  id Int @id
}
===
model A {
  id Int @id
  a-b Int
}
===
model A {
  id Int @id
  1a Int
}
===
model A {
  id Int @id
  l Int[]
  b B @relation(fields: [l], references: [id])
}
model B {
  id Int @id
  a A[]
}
===
model A {
  id Int @id
  e E
  b B @relation(fields: [e], references: [e])
}
model B {
  e E @id
  a A[]
}
enum E {
  X
}
===
model A {
  id Int @id
  u Unsupported("x")
  b B @relation(fields: [u], references: [u])
}
model B {
  id Int @id
  u Unsupported("x") @unique
  a A[]
}
===
model A {
  id String @id @default(uuid()) @db.Uuid
  b B[]
}
model B {
  id Int @id
  a A? @relation(fields: [aId], references: [id])
  aId String? @db.VarChar(36)
}
`.trim().split('\n===\n')
