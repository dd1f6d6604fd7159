// A schema with a relation of each kind, for writes of rows with others nested
// in them.

export const NESTED = `
model Person {
  id       Int       @id @default(autoincrement())
  email    String    @unique
  name     String    @default("?")
  profile  Profile?
  projects Project[]
  tasks    Task[]

  @@map("people")
  @@allow('all', true)
}

model Profile {
  id       Int     @id @default(autoincrement())
  bio      String
  person   Person? @relation(fields: [personId], references: [id])
  personId Int?    @unique @map("person_id")

  @@map("profiles")
  @@allow('all', true)
}

model Project {
  id      String   @id @default(uuid(7))
  name    String   @length(1, 20)
  owner   Person?  @relation(fields: [ownerId], references: [id])
  ownerId Int?     @map("owner_id")
  tasks   Task[]
  tags    Tag[]
  updated DateTime @updatedAt

  @@map("projects")
  @@allow('all', true)
}

model Task {
  id         Int       @id @default(autoincrement())
  title      String    @length(1, 20)
  points     Int       @default(0)
  project    Project?  @relation(fields: [projectId], references: [id])
  projectId  String?   @map("project_id")
  assignee   Person?   @relation(fields: [assigneeId], references: [id])
  assigneeId Int?      @map("assignee_id")
  comments   Comment[]

  @@unique([projectId, title])
  @@map("tasks")
  @@allow('all', true)
}

model Comment {
  id     Int    @id @default(autoincrement())
  text   String
  task   Task   @relation(fields: [taskId], references: [id], onDelete: Cascade)
  taskId Int    @map("task_id")

  @@map("comments")
  @@allow('all', true)
}

model Tag {
  id       Int       @id @default(autoincrement())
  word     String    @unique
  uses     Int       @default(0)
  projects Project[]

  @@map("tags")
  @@allow('all', true)
}

model Locked {
  id      Int     @id
  people  String?

  @@map("locked")
}
`
