-- A database as people and other tools make them: names that are no names of the
-- schema language, types of all kinds, and what no schema can say.
CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  email VARCHAR(100) NOT NULL UNIQUE,
  "full name" TEXT,
  boss_id INTEGER REFERENCES users (id),
  balance DECIMAL(10,2) NOT NULL DEFAULT 0,
  created DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  settings JSON DEFAULT '{"theme":"dark"}',
  kind TEXT CHECK (kind IN ('a', 'b'))
);
CREATE TABLE "order" (
  id TEXT PRIMARY KEY,
  user_id INT NOT NULL REFERENCES users ON DELETE CASCADE,
  seller_id INT REFERENCES users (id) ON DELETE SET NULL,
  title NVARCHAR(40) NOT NULL DEFAULT 'it''s "new"',
  picture BLOB DEFAULT X'6869',
  is_paid BOOLEAN NOT NULL DEFAULT 0,
  weight DOUBLE PRECISION,
  odd WHATEVER,
  code TEXT COLLATE NOCASE DEFAULT (lower(hex(randomblob(4)))),
  shout TEXT GENERATED ALWAYS AS (upper(title))
);
CREATE INDEX order_user_id_idx ON "order" (user_id);
CREATE INDEX newest ON "order" (title DESC, user_id);
CREATE INDEX unpaid ON "order" (user_id) WHERE is_paid = 0;
CREATE TRIGGER guard BEFORE DELETE ON "order" BEGIN SELECT RAISE(ABORT, 'kept'); END;
CREATE TABLE line (
  order_id TEXT NOT NULL REFERENCES "order" (id),
  number INTEGER NOT NULL,
  PRIMARY KEY (order_id, number)
) WITHOUT ROWID;
CREATE TABLE passport (
  user_id INTEGER NOT NULL UNIQUE REFERENCES users (id) ON DELETE CASCADE ON UPDATE CASCADE,
  number TEXT PRIMARY KEY
);
CREATE TABLE tag (id INTEGER PRIMARY KEY AUTOINCREMENT, "2nd" TEXT);
CREATE TABLE "_orderTotag" (
  "A" TEXT NOT NULL,
  "B" INTEGER NOT NULL,
  FOREIGN KEY ("A") REFERENCES "order" (id) ON DELETE CASCADE ON UPDATE CASCADE,
  FOREIGN KEY ("B") REFERENCES tag (id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "_orderTotag_AB_unique" ON "_orderTotag" ("A", "B");
CREATE INDEX "_orderTotag_B_index" ON "_orderTotag" ("B");
CREATE TABLE class (
  id TEXT NOT NULL PRIMARY KEY,
  state TEXT NOT NULL DEFAULT 'open',
  tags TEXT DEFAULT '["a"]',
  CONSTRAINT class_state_check CHECK ("state" IN ('open', 'in progress', 'done')),
  CONSTRAINT class_tags_check CHECK ("tags" IS NULL OR (json_valid("tags") AND "tags" GLOB '[[]*'))
) STRICT;
CREATE TABLE log (at TEXT, line TEXT);
CREATE VIEW paid AS SELECT id, title FROM "order" WHERE is_paid;
