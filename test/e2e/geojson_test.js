// Rows as GeoJSON. With PostGIS where the server has it (Debian's
// postgresql-15-postgis-3, which nothing else here needs), and everywhere with
// a stand-in: a type of that name whose values are GeoJSON already.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, describe, test } from 'node:test'

import { PostgrestClient } from '@supabase/postgrest-js'

import { create, PostgresDatabase, skip } from './support/postgres_world.js'
import { removeWorkspace, run, serve, workspace } from './support/tenon.js'

const STAND_IN = `
CREATE SCHEMA gis;
CREATE DOMAIN gis.geometry AS jsonb;
CREATE FUNCTION gis.st_asgeojson(g gis.geometry) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT g::text';
CREATE FUNCTION gis.point(x float8, y float8) RETURNS gis.geometry LANGUAGE sql IMMUTABLE
  AS $$ SELECT jsonb_build_object('type', 'Point', 'coordinates', jsonb_build_array(x, y)) $$;
`

const POSTGIS = `
CREATE SCHEMA gis;
CREATE EXTENSION postgis SCHEMA gis;
CREATE FUNCTION gis.point(x float8, y float8) RETURNS gis.geometry LANGUAGE sql IMMUTABLE
  AS 'SELECT gis.ST_SetSRID(gis.ST_MakePoint(x, y), 4326)';
`

const TABLES = (anonymous) => `
CREATE TABLE cities (id int PRIMARY KEY, name text NOT NULL, place gis.geometry, area gis.geometry);
CREATE TABLE shops (id int PRIMARY KEY, name text, city int REFERENCES cities);
INSERT INTO cities VALUES (1, 'Berlin', gis.point(13.4, 52.5), NULL), (2, 'a "b", c', gis.point(-1, 2.25), gis.point(0, 0)),
  (3, 'nowhere', NULL, NULL);
INSERT INTO shops VALUES (1, 'books', 1), (2, 'tea', 1);
CREATE FUNCTION near(fewest int) RETURNS SETOF cities LANGUAGE sql STABLE AS 'SELECT * FROM cities WHERE id >= $1';
CREATE FUNCTION capital() RETURNS cities LANGUAGE sql STABLE AS 'SELECT * FROM cities WHERE id = 1';
CREATE FUNCTION origin() RETURNS gis.geometry LANGUAGE sql STABLE AS 'SELECT gis.point(0, 0)';
GRANT ALL ON ALL TABLES IN SCHEMA public TO ${anonymous};
GRANT USAGE ON SCHEMA gis TO ${anonymous};
`

const point = (x, y) => ({ type: 'Point', coordinates: [x, y] })
const feature = (geometry, properties) => ({ type: 'Feature', geometry, properties })
const collection = (...features) => ({ type: 'FeatureCollection', features })

/** Of three cities, as both kinds of geometry give them. */
function suite(setUp) {
  const role = `geo_${randomBytes(6).toString('hex')}`
  let folder, database, server

  before(async () => {
    folder = await workspace()
    database = await create()
    await database.run(`CREATE ROLE ${role} NOLOGIN;${setUp}${TABLES(role)}`)
    server = await serve(folder, ['--introspect', '--database', database.url, '--anon-role', role, '--workers', '1'])
  })
  after(async () => {
    assert.equal(await server?.stop(), 0)
    await database?.run(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
    await database?.drop()
    if (folder !== undefined) await removeWorkspace(folder)
  })

  async function ask(path, init = {}) {
    const headers = { Accept: 'application/geo+json', ...init.headers }
    const response = await server.fetch(path, { ...init, headers })
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) }
  }

  test('rows are features, the first geometry theirs', async () => {
    const { status, headers, body } = await ask('cities?order=id&select=id,name,place')
    assert.equal(status, 200)
    assert.equal(headers.get('content-type'), 'application/geo+json; charset=utf-8')
    assert.deepEqual(body, collection(
      feature(point(13.4, 52.5), { id: 1, name: 'Berlin' }),
      feature(point(-1, 2.25), { id: 2, name: 'a "b", c' }),
      feature(null, { id: 3, name: 'nowhere' }),
    ))
  })

  test('all columns, other geometries among the properties', async () => {
    const { body } = await ask('cities?id=eq.2')
    assert.deepEqual(body, collection(feature(point(-1, 2.25), { id: 2, name: 'a "b", c', area: point(0, 0) })))
  })

  test('the first that is selected, under any name; embedded rows are properties', async () => {
    const { body } = await ask('cities?select=spot:area,id,where:place,shops(name)&shops.order=name&id=in.(1,2)&order=id')
    assert.deepEqual(body, collection(
      feature(null, { id: 1, where: point(13.4, 52.5), shops: [{ name: 'books' }, { name: 'tea' }] }),
      feature(point(0, 0), { id: 2, where: point(-1, 2.25), shops: [] }),
    ))
  })

  test('a geometry alone, and no row at all', async () => {
    assert.deepEqual((await ask('cities?select=place&id=eq.1')).body, collection(feature(point(13.4, 52.5), {})))
    assert.deepEqual((await ask('cities?id=eq.9')).body, collection())
  })

  test('a page with its count', async () => {
    const { status, headers, body } = await ask('cities?order=id&limit=1&offset=1', { headers: { Prefer: 'count=exact' } })
    assert.equal(status, 206)
    assert.equal(headers.get('content-range'), '1-1/3')
    assert.equal(body.features.length, 1)
  })

  test('rows of functions, one row, a geometry by itself', async () => {
    assert.deepEqual((await ask('rpc/near?fewest=2&select=place&order=id')).body, collection(
      feature(point(-1, 2.25), {}), feature(null, {})))
    assert.deepEqual((await ask('rpc/capital?select=name,place')).body,
      collection(feature(point(13.4, 52.5), { name: 'Berlin' })))
    assert.deepEqual((await ask('rpc/origin')).body, collection(feature(point(0, 0), {})))
  })

  test('rows that were written', async () => {
    const { status, body } = await ask('cities?id=eq.3&select=name,place', {
      method: 'PATCH',
      headers: { 'Content-Type': 'application/json', Prefer: 'return=representation' },
      body: '{"name":"somewhere"}',
    })
    assert.equal(status, 200)
    assert.deepEqual(body, collection(feature(null, { name: 'somewhere' })))
    await database.run(`UPDATE cities SET name = 'nowhere' WHERE id = 3`)
  })

  test('the official client', async () => {
    const { data, error } = await new PostgrestClient(server.rest).from('cities').select('id,place').eq('id', 1).geojson()
    assert.equal(error, null)
    assert.deepEqual(data, collection(feature(point(13.4, 52.5), { id: 1 })))
  })

  test('a table without a geometry, and a selection without one', async () => {
    const none = await ask('shops')
    assert.equal(none.status, 406)
    assert.equal(none.body.code, 'PGRST107')
    assert.match(none.body.hint, /PostGIS/)
    const left = await ask('cities?select=id,name')
    assert.deepEqual([left.status, left.body.code, left.body.message], [400, '22023', 'geometry column is missing'])
  })

  test('as JSON a geometry is GeoJSON, too', async () => {
    const { body } = await ask('cities?select=place&id=eq.1', { headers: { Accept: 'application/json' } })
    assert.equal(body[0].place.type, 'Point')
    assert.deepEqual(body[0].place.coordinates, [13.4, 52.5])
  })
}

describe('GeoJSON, with a stand-in for PostGIS', { skip }, () => suite(STAND_IN))

const hasPostgis = skip ? false
  : (await new PostgresDatabase('postgres').rows(`SELECT 1 FROM pg_available_extensions WHERE name = 'postgis'`)).length > 0
const why = skip || (hasPostgis ? false : 'the server has no PostGIS: apt-get install postgresql-15-postgis-3')

describe('GeoJSON, with PostGIS', { skip: why }, () => suite(POSTGIS))

test('without PostGIS there is none', async () => {
  const folder = await workspace({ 'schema.prisma': "model Note {\n  id Int @id\n  @@allow('all', true)\n}\n" })
  const args = ['--database', 'file:app.db']
  try {
    assert.equal((await run(folder, ['push', ...args])).code, 0)
    const server = await serve(folder, args)
    const response = await server.fetch('Note', { headers: { Accept: 'application/geo+json' } })
    assert.equal(response.status, 406)
    assert.equal(await server.stop(), 0)
  } finally {
    await removeWorkspace(folder)
  }
})
