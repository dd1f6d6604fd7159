/*
 * The servers that are measured: how each one is started, where its endpoints
 * are, and what it is asked to do.
 */
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'

const PEER = 'bench/peers/fastify'

export const TENON = 'build/release/tenon'
export const workers = availableParallelism()

/* On PostgreSQL, the same table and those of the related rows. */
export const SCHEMAS = {
  sqlite: 'bench/item.prisma',
  unrecorded: 'bench/item_unrecorded.prisma',
  postgresql: 'bench/sale.prisma',
}

const READS = ['health', 'point', 'list']
const WRITES = ['insert', 'mixed']
const POSTGRESQL = ['point', 'list', 'nested', 'insert']

const tenonPaths = {
  point: (id) => `/rest/v1/item?id=eq.${id}`,
  list: (id) => `/rest/v1/item?limit=20&id=gt.${id}`,
  nested: (id) => '/rest/v1/sale?select=*,seller(*),line(*)&order=id&limit=20' +
    `&line.order=id&line.limit=3&id=gt.${id}`,
  scan: '/rest/v1/item?select=id&quantity=lt.0&limit=1',
  items: '/rest/v1/item',
  rowOf: (body) => body[0],
}

const fastifyPaths = {
  point: (id) => `/item/${id}`,
  list: (id) => `/item?limit=20&after=${id}`,
  nested: (id) => `/sale?after=${id}`,
  scan: '/scan',
  items: '/item',
  rowOf: (body) => body,
}

const libpqPaths = {
  point: (id) => `/point/${id}`,
  list: (id) => `/list/${id}`,
  nested: (id) => `/nested/${id}`,
  items: '/item',
  rowOf: (body) => body[0],
  isBare: true,
}

export function tenonCommand(schema, url, port) {
  return [TENON, 'serve', '--schema', schema, '--database', url,
    '--listen', `127.0.0.1:${port}`,
    '--workers', String(workers)]
}

function fastify(synchronous) {
  return {
    name: `fastify ${synchronous}`,
    flavour: 'fastify',
    synchronous,
    paths: fastifyPaths,
    workloads: [...READS, ...WRITES],
    command: () => [process.execPath, `${PEER}/server.js`],
    env: (database, port) => ({
      DATABASE: database, SYNCHRONOUS: synchronous, PORT: String(port),
      NODE_ENV: 'production',
    }),
  }
}

export const contenders = [
  {
    name: 'epoll',
    flavour: 'epoll',
    workloads: ['health'],
    command: (database, port) =>
      ['build/release/bench/bench_epoll', String(port), String(workers)],
    env: () => ({}),
  },
  {
    name: 'tenon',
    flavour: 'tenon',
    synchronous: 'FULL',
    paths: tenonPaths,
    workloads: [...READS, ...WRITES, 'beside a scan'],
    command: (database, port) =>
      tenonCommand(SCHEMAS.sqlite, `file:${database}`, port),
    env: () => ({}),
  },
  {
    /* What inserts cost without the audit log and the feed of events. */
    name: 'tenon unrecorded',
    flavour: 'tenon',
    synchronous: 'FULL',
    paths: tenonPaths,
    workloads: ['insert'],
    command: (database, port) => [
      ...tenonCommand(SCHEMAS.unrecorded, `file:${database}`, port),
      '--events=false'],
    env: () => ({}),
  },
  fastify('NORMAL'),
  fastify('FULL'),
  {
    name: 'libpq',
    flavour: 'libpq',
    engine: 'postgresql',
    paths: libpqPaths,
    workloads: POSTGRESQL,
    command: (database, port) => ['build/release/bench/bench_postgres',
      database, String(port), String(workers)],
    env: () => ({}),
  },
  {
    name: 'tenon postgresql',
    flavour: 'tenon',
    engine: 'postgresql',
    paths: tenonPaths,
    workloads: POSTGRESQL,
    command: (database, port) =>
      tenonCommand(SCHEMAS.postgresql, database, port),
    env: () => ({}),
  },
  {
    name: 'fastify postgresql',
    flavour: 'fastify',
    engine: 'postgresql',
    paths: fastifyPaths,
    workloads: POSTGRESQL,
    command: () => [process.execPath, `${PEER}/postgres.js`],
    env: (database, port) => ({
      DATABASE: database, PORT: String(port), WORKERS: String(workers),
      NODE_ENV: 'production',
    }),
  },
]

export function peerVersions() {
  const require = createRequire(`${process.cwd()}/${PEER}/`)
  const version = (name) => require(`${name}/package.json`).version
  return {
    node: process.version,
    fastify: version('fastify'),
    betterSqlite3: version('better-sqlite3'),
    pg: version('pg'),
  }
}
