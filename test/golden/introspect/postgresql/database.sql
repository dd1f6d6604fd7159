-- The same in PostgreSQL's words, with what it alone has.
CREATE EXTENSION citext;
CREATE EXTENSION pg_trgm;
CREATE TYPE "Role" AS ENUM ('USER', 'ADMIN', '2nd line');
CREATE TABLE users (
  id serial PRIMARY KEY,
  email citext NOT NULL UNIQUE,
  "full name" varchar(20) DEFAULT 'it''s \ "new"',
  role "Role" NOT NULL DEFAULT 'USER',
  boss_id integer REFERENCES users (id),
  tags text[] NOT NULL DEFAULT '{}',
  marks integer[] DEFAULT ARRAY[1, 2],
  balance numeric(10,2) NOT NULL DEFAULT -1.50,
  created timestamptz(3) NOT NULL DEFAULT now(),
  born date DEFAULT '2000-01-01',
  token uuid DEFAULT gen_random_uuid(),
  settings jsonb DEFAULT '{"theme": "dark"}',
  place point,
  picture bytea DEFAULT '\x6869',
  twice numeric GENERATED ALWAYS AS (balance * 2) STORED,
  CHECK (balance > -100)
);
COMMENT ON TABLE users IS 'People who may sign in.';
COMMENT ON COLUMN users.email IS 'Where we "write" to.';
CREATE INDEX users_name_trgm ON users USING gin ("full name" gin_trgm_ops);
CREATE INDEX users_settings_idx ON users USING gin (settings jsonb_path_ops);
CREATE INDEX newest ON users (created DESC, id);
CREATE INDEX lower_name ON users (lower("full name"));
CREATE TABLE "order" (
  id uuid CONSTRAINT order_primary PRIMARY KEY,
  user_id integer NOT NULL REFERENCES users ON DELETE CASCADE ON UPDATE CASCADE,
  seller_id bigint CONSTRAINT seller REFERENCES users (id) ON DELETE SET NULL ON UPDATE CASCADE,
  at timestamp NOT NULL,
  UNIQUE (user_id, at)
);
CREATE TABLE tag (id bigserial PRIMARY KEY, name text NOT NULL);
CREATE TABLE "_orderTotag" (
  "A" uuid NOT NULL REFERENCES "order" (id) ON DELETE CASCADE ON UPDATE CASCADE,
  "B" bigint NOT NULL REFERENCES tag (id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "_orderTotag_AB_pkey" PRIMARY KEY ("A", "B")
);
CREATE INDEX "_orderTotag_B_index" ON "_orderTotag" ("B");
CREATE TABLE log (at timestamp, line text);
CREATE VIEW paid AS SELECT id, user_id FROM "order";
