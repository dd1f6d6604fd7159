// A PostgreSQL database that others made, as it is found: introspected, served,
// and asked typical questions. Each must be answered as plain SQL answers it.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'

import * as postgres from './support/postgres_world.js'
import { removeWorkspace, run, serve, workspace } from './support/tenon.js'

const IN_UTC = `AT TIME ZONE 'UTC'`

/** [what is asked, the request, the same in SQL] */
const QUESTIONS = [
  ['a row by its key', 'movies?select=title,released&id=eq.7', `SELECT title, released FROM movies WHERE id = 7`],
  ['all columns', 'genres?order=id', `SELECT * FROM genres ORDER BY id`],
  ['text keys', 'countries?code=in.(AA,BH,ZZ)&order=code', `SELECT * FROM countries WHERE code IN ('AA', 'BH', 'ZZ') ORDER BY code COLLATE "C"`],
  ['a comparison', 'halls?seats=gte.290&order=cinema_id,number', `SELECT * FROM halls WHERE seats >= 290 ORDER BY cinema_id, number`],
  ['a range of years', 'movies?select=id&released=gte.1990&released=lt.1992&order=id', `SELECT id FROM movies WHERE released >= 1990 AND released < 1992 ORDER BY id`],
  ['what is not known', 'cinemas?select=id&opened=is.null&order=id', `SELECT id FROM cinemas WHERE opened IS NULL ORDER BY id`],
  ['dates', 'people?select=id,born&born=gt.1999-01-01&order=born.desc,id', `SELECT id, born FROM people WHERE born > '1999-01-01' ORDER BY born DESC, id`],
  ['Booleans', 'cinemas?select=id&has_bar=is.true&id=lt.20&order=id', `SELECT id FROM cinemas WHERE has_bar AND id < 20 ORDER BY id`],
  ['patterns', 'movies?select=title&title=like.*Golden%20River*&order=id', `SELECT title FROM movies WHERE title LIKE '%Golden River%' ORDER BY id`],
  ['patterns without case', 'people?select=name&name=ilike.chlo%C3%A9%20o%27n*&order=id', `SELECT name FROM people WHERE name ILIKE 'chloé o''n%' ORDER BY id`],
  ['regular expressions', 'movies?select=id&title=match.^The .* 1[0-9]$&order=id', `SELECT id FROM movies WHERE title ~ '^The .* 1[0-9]$' ORDER BY id`],
  ['any of several patterns', 'movies?select=id&title=like(any).{*Letter 1*,*Island 2*}&order=id', `SELECT id FROM movies WHERE title LIKE ANY (ARRAY['%Letter 1%', '%Island 2%']) ORDER BY id`],
  ['what differs', 'movies?select=id&rating=isdistinct.R&id=lt.15&order=id', `SELECT id FROM movies WHERE rating IS DISTINCT FROM 'R' AND id < 15 ORDER BY id`],
  ['an enum by its order', 'movies?select=id,rating&rating=gt.G&id=lt.15&order=rating.desc,id', `SELECT id, rating FROM movies WHERE rating > 'G' AND id < 15 ORDER BY rating DESC, id`],
  ['one of two conditions', 'movies?select=id&or=(minutes.lt.72,and(minutes.gt.178,rating.eq.G))&order=id', `SELECT id FROM movies WHERE minutes < 72 OR (minutes > 178 AND rating = 'G') ORDER BY id`],
  ['none of two conditions', 'movies?select=id&not.or=(id.gt.30,rating.eq.R)&order=id', `SELECT id FROM movies WHERE NOT (id > 30 OR rating = 'R') ORDER BY id`],
  ['a page', 'people?select=id,name&order=name&limit=5&offset=20', `SELECT id, name FROM people ORDER BY name COLLATE "C" LIMIT 5 OFFSET 20`],
  ['nulls last', 'movies?select=id,minutes&id=lt.30&order=minutes.desc.nullslast,id', `SELECT id, minutes FROM movies WHERE id < 30 ORDER BY minutes DESC NULLS LAST, id`],
  ['other names', 'movies?select=name:title,year:released&id=eq.3', `SELECT title AS name, released AS year FROM movies WHERE id = 3`],
  ['decimals', 'movies?select=id,budget&budget=gt.899000&order=budget', `SELECT id, budget FROM movies WHERE budget > 899000 ORDER BY budget`],
  ['real numbers', 'movies?select=id,score&score=gte.9.9&order=id', `SELECT id, score FROM movies WHERE score >= 9.9 ORDER BY id`],
  ['lists of text that contain', 'movies?select=id,tags&tags=cs.{cult,y7}&order=id', `SELECT id, tags FROM movies WHERE tags @> '{cult,y7}' ORDER BY id`],
  ['lists of text that overlap', 'movies?select=id&tags=ov.{y1,y2}&id=lt.60&order=id', `SELECT id FROM movies WHERE tags && '{y1,y2}' AND id < 60 ORDER BY id`],
  ['lists of text within another', 'movies?select=id&tags=cd.{cult,y1,y4,y7}&id=lt.60&order=id', `SELECT id FROM movies WHERE tags <@ '{cult,y1,y4,y7}' AND id < 60 ORDER BY id`],
  ['a place inside of JSON', 'movies?select=id,info->>language,stock:info->shop->stock&id=lt.8&order=id', `SELECT id, info->>'language' AS language, info->'shop'->'stock' AS stock FROM movies WHERE id < 8 ORDER BY id`],
  ['an element of JSON', 'movies?select=id,second:info->awards->1&id=lt.8&order=id', `SELECT id, info->'awards'->1 AS second FROM movies WHERE id < 8 ORDER BY id`],
  ['a filter inside of JSON', 'movies?select=id&info->>language=eq.ko&id=lt.40&order=id', `SELECT id FROM movies WHERE info->>'language' = 'ko' AND id < 40 ORDER BY id`],
  ['JSON that contains JSON', 'movies?select=id&info=cs.{"color":true,"language":"fr"}&id=lt.60&order=id', `SELECT id FROM movies WHERE info @> '{"color":true,"language":"fr"}' AND id < 60 ORDER BY id`],
  ['another type', 'movies?select=id,minutes::text&id=lt.4&order=id', `SELECT id, minutes::text FROM movies WHERE id < 4 ORDER BY id`],
  ['words of a text', 'movies?select=id&plot=wfts(english).robot truth&order=id&limit=20', `SELECT id FROM movies WHERE to_tsvector('english', plot) @@ websearch_to_tsquery('english', 'robot truth') ORDER BY id LIMIT 20`],
  ['the parent', 'cities?select=name,countries(name)&id=lt.6&order=id', `SELECT c.name, json_build_object('name', n.name) AS countries FROM cities c JOIN countries n ON n.code = c.country_code WHERE c.id < 6 ORDER BY c.id`],
  ['the children', 'countries?select=code,cities(id)&order=code&cities.order=id.desc', `SELECT n.code, (SELECT json_agg(json_build_object('id', c.id) ORDER BY c.id DESC) FROM cities c WHERE c.country_code = n.code) AS cities FROM countries n ORDER BY n.code COLLATE "C"`],
  ['parents of parents', 'cinemas?select=name,cities(name,countries(code))&id=lt.5&order=id', `SELECT k.name, json_build_object('name', c.name, 'countries', json_build_object('code', c.country_code)) AS cities FROM cinemas k JOIN cities c ON c.id = k.city_id WHERE k.id < 5 ORDER BY k.id`],
  ['one of two references', 'movies?select=title,director:people!director_id(name)&id=lt.12&order=id', `SELECT m.title, CASE WHEN p.id IS NOT NULL THEN json_build_object('name', p.name) END AS director FROM movies m LEFT JOIN people p ON p.id = m.director_id WHERE m.id < 12 ORDER BY m.id`],
  ['many to many', 'movies?select=id,genres(name)&id=lt.6&order=id&genres.order=name', `SELECT m.id, (SELECT json_agg(json_build_object('name', g.name) ORDER BY g.name COLLATE "C") FROM movie_genres x JOIN genres g ON g.id = x.genre_id WHERE x.movie_id = m.id) AS genres FROM movies m WHERE id < 6 ORDER BY m.id`],
  ['what is between', 'movies?select=id,castings(billing,people(name))&id=eq.9&castings.order=billing', `SELECT m.id, (SELECT json_agg(json_build_object('billing', c.billing, 'people', json_build_object('name', p.name)) ORDER BY c.billing) FROM castings c JOIN people p ON p.id = c.person_id WHERE c.movie_id = m.id) AS castings FROM movies m WHERE m.id = 9`],
  ['a key of two columns', 'screenings?select=id,halls(seats)&id=lt.6&order=id', `SELECT s.id, json_build_object('seats', h.seats) AS halls FROM screenings s JOIN halls h ON (h.cinema_id, h.number) = (s.cinema_id, s.hall_number) WHERE s.id < 6 ORDER BY s.id`],
  ['who referred a customer', 'customers?select=name,referrer:referred_by(name)&order=email&limit=8', `SELECT c.name, CASE WHEN r.id IS NOT NULL THEN json_build_object('name', r.name) END AS referrer FROM customers c LEFT JOIN customers r ON r.id = c.referred_by ORDER BY c.email COLLATE "C" LIMIT 8`],
  ['whom a customer referred', 'customers?select=name,customers(name)&name=eq.Customer%202&customers.order=name', `SELECT c.name, (SELECT json_agg(json_build_object('name', r.name) ORDER BY r.name COLLATE "C") FROM customers r WHERE r.referred_by = c.id) AS customers FROM customers c WHERE c.name = 'Customer 2'`],
  ['one to one', 'customers?select=name,profiles(newsletter)&order=joined&limit=4', `SELECT c.name, CASE WHEN p.customer_id IS NOT NULL THEN json_build_object('newsletter', p.newsletter) END AS profiles FROM customers c LEFT JOIN profiles p ON p.customer_id = c.id ORDER BY c.joined LIMIT 4`],
  ['only rows with children', 'people?select=id,directed:movies!director_id!inner(id)&directed.released=eq.2000&order=id&directed.order=id', `SELECT p.id, json_agg(json_build_object('id', m.id) ORDER BY m.id) AS directed FROM people p JOIN movies m ON m.director_id = p.id WHERE m.released = 2000 GROUP BY p.id ORDER BY p.id`],
  ['only rows without children', 'customers?select=name,profiles()&profiles=is.null&order=joined&limit=5', `SELECT c.name FROM customers c WHERE NOT EXISTS (SELECT 1 FROM profiles p WHERE p.customer_id = c.id) ORDER BY c.joined LIMIT 5`],
  ['the first children of each', 'movies?select=id,screenings(id,starts_at)&id=lt.4&order=id&screenings.order=starts_at.desc&screenings.limit=2', `SELECT m.id, (SELECT json_agg(x) FROM (SELECT s.id, s.starts_at ${IN_UTC} AS starts_at FROM screenings s WHERE s.movie_id = m.id ORDER BY s.starts_at DESC LIMIT 2) x) AS screenings FROM movies m WHERE m.id < 4 ORDER BY m.id`],
  ['by the order of a parent', 'movies?select=id,director:people!director_id(name)&id=lt.9&order=director(name),id', `SELECT m.id, CASE WHEN p.id IS NOT NULL THEN json_build_object('name', p.name) END AS director FROM movies m LEFT JOIN people p ON p.id = m.director_id WHERE m.id < 9 ORDER BY p.name COLLATE "C", m.id`],
  ['a parent spread out', 'cities?select=name,...countries(country:name)&id=lt.4&order=id', `SELECT c.name, n.name AS country FROM cities c JOIN countries n ON n.code = c.country_code WHERE c.id < 4 ORDER BY c.id`],
  ['children spread out', 'movies?select=id,...castings(parts:part)&id=lt.4&order=id&castings.order=billing', `SELECT m.id, (SELECT json_agg(c.part ORDER BY c.billing) FROM castings c WHERE c.movie_id = m.id) AS parts FROM movies m WHERE m.id < 4 ORDER BY m.id`],
  ['how many rows', 'movies?select=count()', `SELECT count(*) FROM movies`],
  ['sums by group', 'tickets?select=seat,sum:paid.sum(),count()&order=seat', `SELECT seat, sum(paid), count(*) FROM tickets GROUP BY seat ORDER BY seat`],
  ['extremes by group', 'movies?select=rating,first:released.min(),last:released.max()&order=rating', `SELECT rating, min(released) AS first, max(released) AS last FROM movies GROUP BY rating ORDER BY rating`],
  ['an average of children', 'movies?select=id,castings(billing.avg())&id=lt.3&order=id', `SELECT m.id, (SELECT json_agg(json_build_object('avg', x.avg)) FROM (SELECT avg(c.billing) FROM castings c WHERE c.movie_id = m.id) x) AS castings FROM movies m WHERE m.id < 3 ORDER BY m.id`],
  ['moments', 'customers?select=joined&order=joined.desc&limit=3', `SELECT joined FROM customers ORDER BY joined DESC LIMIT 3`],
  ['moments in a filter', 'screenings?select=id&starts_at=gte.2024-03-01T00:00:00&starts_at=lt.2024-03-01T12:00:00&order=id', `SELECT id FROM screenings WHERE starts_at >= '2024-03-01' AND starts_at < '2024-03-01 12:00' ORDER BY id`],
  ['a count beside the rows', 'tickets?select=id&seat=eq.2&order=id&limit=3', `SELECT id FROM tickets WHERE seat = 2 ORDER BY id LIMIT 3`],
]

let database
let server
let folder

before(async () => {
  if (postgres.skip) return
  database = await postgres.create()
  await database.run(await readFile(new URL('./support/cinemas/database.sql', import.meta.url), 'utf8'))
  folder = await workspace()
  const made = await run(folder, ['introspect', database.url, '--open', '--output', 'schema.prisma'])
  assert.equal(made.code, 0, made.stderr)
  server = await serve(folder, ['--schema', 'schema.prisma', '--database', database.url, '--aggregates'])
})

after(async () => {
  await server?.stop()
  await database?.drop()
  if (folder) await removeWorkspace(folder)
})

for (const [name, path, sql] of QUESTIONS) {
  test(name, { skip: postgres.skip }, async () => {
    const response = await server.fetch(encodeURI(decodeURIComponent(path)).replaceAll('+', '%2B'))
    const text = await response.text()
    assert.equal(response.status, 200, text)
    assert.deepEqual(JSON.parse(text), await database.rows(sql))
  })
}
