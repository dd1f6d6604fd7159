/*
 * The servers that are measured: how each one is started, where its endpoints
 * are, and what it is asked to do.
 */
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'

const PEER = 'bench/peers/fastify'

export const TENON = 'build/release/tenon'
export const workers = availableParallelism()

const READS = ['health', 'point', 'list']
const WRITES = ['insert', 'mixed']

const tenonPaths = {
  point: (id) => `/rest/v1/item?id=eq.${id}`,
  list: (id) => `/rest/v1/item?limit=20&id=gt.${id}`,
  scan: '/rest/v1/item?select=id&quantity=lt.0&limit=1',
  items: '/rest/v1/item',
  rowOf: (body) => body[0],
}

const fastifyPaths = {
  point: (id) => `/item/${id}`,
  list: (id) => `/item?limit=20&after=${id}`,
  scan: '/scan',
  items: '/item',
  rowOf: (body) => body,
}

export function tenonCommand(schema, database, port) {
  return [TENON, 'serve', '--schema', schema, '--database',
    `file:${database}`, '--listen', `127.0.0.1:${port}`,
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
      tenonCommand('bench/item.prisma', database, port),
    env: () => ({}),
  },
  fastify('NORMAL'),
  fastify('FULL'),
]

export function peerVersions() {
  const require = createRequire(`${process.cwd()}/${PEER}/`)
  const version = (name) => require(`${name}/package.json`).version
  return {
    node: process.version,
    fastify: version('fastify'),
    betterSqlite3: version('better-sqlite3'),
  }
}
