// The queue of jobs beside a running server, and the commands that look after it.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'

import { run, serveSchema, skip } from '../e2e/support/tenon.js'

const SCHEMA = `model Note {
  id   Int    @id
  text String

  @@allow('all', true)
}
`

let server

before(async () => {
  if (skip) return
  server = await serveSchema(SCHEMA, ['--dev-open'])
})
after(() => server?.close())

async function job(...args) {
  return run(server.folder, ['job', ...args, '--database', server.database])
}

async function ok(...args) {
  const done = await job(...args)
  assert.equal(done.code, 0, done.stderr)
  return done.stdout
}

async function fails(message, ...args) {
  const done = await job(...args)
  assert.equal(done.code, 1)
  assert.ok(done.stderr.includes(message), done.stderr)
}

async function show(id) {
  const lines = (await ok('show', id)).trim().split('\n')
  return Object.fromEntries(lines.map((line) => line.match(/^(\S+) +(.*)$/).slice(1)))
}

async function ended(id) {
  for (let i = 0; i < 100; i++) {
    const found = await show(id)
    if (found.finished_at) return found
    await sleep(100)
  }
  assert.fail(`job ${id} is not run`)
}

test('a job that a command queues is run within seconds', { skip }, async () => {
  const id = (await ok('run', 'job.prune', '--payload', '{"a": [1]}')).trim()
  const found = await ended(id)
  assert.equal(found.status, 'succeeded')
  assert.equal(found.attempts, '1')
  assert.deepEqual(JSON.parse(found.payload), { a: [1] })
  assert.match(await ok('list', '--kind', 'job.prune', '--status', 'succeeded'), new RegExp(`^${id} `, 'm'))
})

test('a kind that nobody knows waits', { skip }, async () => {
  const id = (await ok('run', 'nobody.knows')).trim()
  await sleep(300)
  assert.equal((await show(id)).status, 'queued')
  assert.equal(await ok('cancel', id), 'cancelled 1 job\n')
  assert.equal((await show(id)).status, 'cancelled')
  await fails('there is no such job that is queued or runs', 'cancel', id)
  assert.equal(await ok('retry', id), 'queued 1 job\n')
  await fails('there is no such job that has failed or was cancelled', 'retry', id)
  await ok('run', 'nobody.knows')
  assert.equal(await ok('cancel', '--kind', 'nobody.knows'), 'cancelled 2 jobs\n')
})

test('commands say what they miss', { skip }, async () => {
  await fails('which jobs? give an id', 'cancel')
  await fails('which job? give its id', 'show')
  await fails('there is no job with this id', 'show', 'x')
  await fails('--status is queued, running', 'list', '--status', 'gone')
  await fails('--payload', 'run', 'job.prune', '--payload', '{')
})

test('jobs are no table of the application', { skip }, async () => {
  for (const table of ['tenon_job', 'job', 'Job'])
    assert.equal((await server.fetch(table)).status, 404)
})
