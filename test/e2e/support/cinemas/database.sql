-- A chain of cinemas, of the size of the usual sample databases: thirteen
-- tables, some 20,000 rows. All values follow from the numbers of the rows.

CREATE TYPE rating AS ENUM ('G', 'PG', 'R');

CREATE TABLE countries (
    code varchar(2) PRIMARY KEY,
    name text NOT NULL UNIQUE
);
INSERT INTO countries
SELECT chr(65 + i) || chr(65 + i * 7 % 26), 'Country ' || i
FROM generate_series(0, 19) i;

CREATE TABLE cities (
    id serial PRIMARY KEY,
    name text NOT NULL,
    country_code varchar(2) NOT NULL REFERENCES countries,
    population integer
);
INSERT INTO cities (name, country_code, population)
SELECT 'City ' || i, chr(65 + i % 20) || chr(65 + i % 20 * 7 % 26),
    CASE WHEN i % 11 = 0 THEN NULL ELSE i * 7919 % 900000 + 10000 END
FROM generate_series(1, 120) i;

CREATE TABLE cinemas (
    id serial PRIMARY KEY,
    name text NOT NULL UNIQUE,
    city_id integer NOT NULL REFERENCES cities ON DELETE CASCADE,
    opened date,
    has_bar boolean NOT NULL DEFAULT false
);
INSERT INTO cinemas (name, city_id, opened, has_bar)
SELECT 'Cinema ' || i, i * 37 % 120 + 1,
    CASE WHEN i % 9 = 0 THEN NULL ELSE date '1950-01-01' + i * 211 END, i % 3 = 0
FROM generate_series(1, 80) i;

CREATE TABLE halls (
    cinema_id integer NOT NULL REFERENCES cinemas ON DELETE CASCADE,
    number smallint NOT NULL,
    seats integer NOT NULL,
    PRIMARY KEY (cinema_id, number)
);
INSERT INTO halls
SELECT c, n, 50 + (c * 13 + n * 29) % 250
FROM generate_series(1, 80) c, generate_series(1, 5) n;

CREATE TABLE people (
    id serial PRIMARY KEY,
    name text NOT NULL,
    born date
);
INSERT INTO people (name, born)
SELECT (ARRAY['Ada', 'Béla', 'Chloé', 'Dmitri', 'Eun-ji', 'Fatma'])[i % 6 + 1] || ' '
    || (ARRAY['Novak', 'O''Neil', 'Peña', 'Qian', 'Rossi'])[i % 5 + 1] || ' ' || i,
    CASE WHEN i % 7 = 0 THEN NULL ELSE date '1920-01-01' + i * 61 END
FROM generate_series(1, 600) i;

CREATE TABLE genres (
    id smallint PRIMARY KEY,
    name text NOT NULL UNIQUE
);
INSERT INTO genres
SELECT i, (ARRAY['Action', 'Animation', 'Comedy', 'Crime', 'Documentary', 'Drama', 'Fantasy', 'History', 'Horror',
    'Musical', 'Mystery', 'Romance', 'Science fiction', 'Thriller', 'War', 'Western'])[i]
FROM generate_series(1, 16) i;

CREATE TABLE movies (
    id serial PRIMARY KEY,
    title text NOT NULL,
    released integer NOT NULL,
    minutes integer,
    rating rating,
    director_id integer REFERENCES people ON DELETE SET NULL,
    composer_id integer REFERENCES people ON DELETE SET NULL,
    budget numeric(12, 2),
    score double precision,
    info jsonb,
    tags text[] NOT NULL DEFAULT '{}',
    plot text
);
INSERT INTO movies (title, released, minutes, rating, director_id, composer_id, budget, score, info, tags, plot)
SELECT (ARRAY['The ', 'A ', 'My ', 'Last '])[i % 4 + 1]
    || (ARRAY['Silent', 'Golden', 'Broken', 'Distant', 'Burning'])[i % 5 + 1] || ' '
    || (ARRAY['River', 'Summer', 'Letter', 'Machine', 'Garden', 'Witness', 'Island'])[i % 7 + 1] || ' ' || i,
    1930 + i * 17 % 95,
    CASE WHEN i % 13 = 0 THEN NULL ELSE 70 + i * 11 % 110 END,
    (ARRAY['G', 'PG', 'R', NULL])[i % 4 + 1]::rating,
    CASE WHEN i % 10 = 0 THEN NULL ELSE i * 31 % 600 + 1 END,
    CASE WHEN i % 3 = 0 THEN NULL ELSE i * 53 % 600 + 1 END,
    CASE WHEN i % 8 = 0 THEN NULL ELSE (i * 104729 % 90000000) / 100.0 END,
    i * 37 % 100 / 10.0,
    CASE WHEN i % 5 = 0 THEN NULL
        ELSE jsonb_build_object('language', (ARRAY['en', 'fr', 'ko'])[i % 3 + 1], 'color', i % 2 = 0,
            'awards', jsonb_build_array(i % 4, i % 6), 'shop', jsonb_build_object('stock', i % 50)) END,
    CASE WHEN i % 6 = 0 THEN '{}' ELSE ARRAY[(ARRAY['classic', 'cult', 'family'])[i % 3 + 1], 'y' || i % 10] END,
    'A ' || (ARRAY['detective', 'sailor', 'teacher', 'robot'])[i % 4 + 1] || ' searches for a lost '
    || (ARRAY['city', 'brother', 'song'])[i % 3 + 1] || ' and finds '
    || (ARRAY['friends', 'danger', 'nothing', 'love', 'the truth'])[i % 5 + 1]
FROM generate_series(1, 1000) i;
CREATE INDEX ON movies (director_id);

CREATE TABLE movie_genres (
    movie_id integer NOT NULL REFERENCES movies ON DELETE CASCADE,
    genre_id smallint NOT NULL REFERENCES genres ON DELETE CASCADE,
    PRIMARY KEY (movie_id, genre_id)
);
INSERT INTO movie_genres
SELECT DISTINCT m, (m * 7 + n * 5) % 16 + 1
FROM generate_series(1, 1000) m, generate_series(1, 2) n;

CREATE TABLE castings (
    movie_id integer NOT NULL REFERENCES movies ON DELETE CASCADE,
    person_id integer NOT NULL REFERENCES people ON DELETE CASCADE,
    part text,
    billing smallint NOT NULL,
    PRIMARY KEY (movie_id, person_id)
);
INSERT INTO castings
SELECT m, (m * 41 + n * 97) % 600 + 1, CASE WHEN n = 4 THEN NULL ELSE 'Part ' || m * n % 50 END, n
FROM generate_series(1, 1000) m, generate_series(1, 4) n;

CREATE TABLE customers (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    email text NOT NULL UNIQUE,
    referred_by uuid REFERENCES customers ON DELETE SET NULL,
    joined timestamptz NOT NULL
);
INSERT INTO customers
SELECT ('00000000-0000-4000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, 'Customer ' || i,
    'customer' || i || '@example.org',
    CASE WHEN i % 4 = 0 THEN ('00000000-0000-4000-8000-' || lpad(to_hex(i / 4), 12, '0'))::uuid END,
    timestamptz '2020-01-01 00:00:00+00' + i * interval '7 hours 13 minutes 5 seconds'
FROM generate_series(1, 500) i;

CREATE TABLE screenings (
    id bigserial PRIMARY KEY,
    movie_id integer NOT NULL REFERENCES movies ON DELETE CASCADE,
    cinema_id integer NOT NULL,
    hall_number smallint NOT NULL,
    starts_at timestamp NOT NULL,
    price numeric(6, 2) NOT NULL,
    FOREIGN KEY (cinema_id, hall_number) REFERENCES halls ON DELETE CASCADE
);
INSERT INTO screenings (movie_id, cinema_id, hall_number, starts_at, price)
SELECT i * 61 % 1000 + 1, i * 17 % 80 + 1, i % 5 + 1,
    timestamp '2024-01-01 10:00:00' + i * interval '97 minutes', 6 + i % 9 + i % 4 * 0.25
FROM generate_series(1, 3000) i;
CREATE INDEX ON screenings (movie_id);
CREATE INDEX ON screenings (cinema_id, hall_number);

CREATE TABLE tickets (
    id bigserial PRIMARY KEY,
    screening_id bigint NOT NULL REFERENCES screenings ON DELETE CASCADE,
    customer_id uuid REFERENCES customers ON DELETE SET NULL,
    seat integer NOT NULL,
    paid numeric(6, 2) NOT NULL,
    UNIQUE (screening_id, seat)
);
INSERT INTO tickets (screening_id, customer_id, seat, paid)
SELECT i % 3000 + 1,
    CASE WHEN i % 6 = 0 THEN NULL
        ELSE ('00000000-0000-4000-8000-' || lpad(to_hex(i * 29 % 500 + 1), 12, '0'))::uuid END,
    i / 3000 + 1, 5 + i % 11
FROM generate_series(0, 7999) i;

CREATE TABLE profiles (
    customer_id uuid PRIMARY KEY REFERENCES customers ON DELETE CASCADE,
    favorite_genre smallint REFERENCES genres,
    newsletter boolean
);
INSERT INTO profiles
SELECT ('00000000-0000-4000-8000-' || lpad(to_hex(i), 12, '0'))::uuid,
    CASE WHEN i % 5 = 0 THEN NULL ELSE i % 16 + 1 END, (ARRAY[true, false, NULL])[i % 3 + 1]
FROM generate_series(1, 500, 2) i;

ANALYZE;
