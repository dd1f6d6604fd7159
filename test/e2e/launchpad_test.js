// The demo from its first start: made, seeded, and every request that it prints
// works as printed.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'

import { startDemo, stopDemo } from './support/demo.js'
import { removeWorkspace, workspace } from './support/tenon.js'

const shell = promisify(execFile)
let folder
let demo

before(async () => {
  folder = await workspace()
  demo = await startDemo(folder)
})
after(async () => {
  if (demo) await stopDemo(demo)
  await removeWorkspace(folder)
})

async function totals() {
  const counts = {}
  for (const table of ['organizations', 'people', 'projects', 'tasks', 'labels', 'task_labels', 'comments']) {
    const response = await fetch(`${demo.url}/rest/v1/${table}`, {
      method: 'HEAD',
      headers: { Prefer: 'count=exact' },
    })
    counts[table] = Number(response.headers.get('content-range').split('/')[1])
  }
  return counts
}

const SEEDED = {
  organizations: 4,
  people: 72,
  projects: 32,
  tasks: 10000,
  labels: 48,
  task_labels: 10055,
  comments: 10956,
}

test('the seed makes the same rows every time', async () => {
  assert.deepEqual(await totals(), SEEDED)
  const response = await fetch(`${demo.url}/rest/v1/tasks?id=eq.1&select=title,status,priority`)
  assert.deepEqual(await response.json(), [
    { title: 'Fix the nightly backup', status: 'DONE', priority: 'HIGH' },
  ])
})

test('every printed request works', async () => {
  const commands = demo.text.match(/^ {4}curl .*$/gm)
  assert.equal(commands.length, 5)
  const outputs = []
  for (const command of commands) {
    const { stdout } = await shell('sh', ['-c', command.replace('curl', 'curl -sS')])
    outputs.push(stdout)
  }
  const [urgent, open, comment, taken, wrong] = outputs
  assert.equal(JSON.parse(urgent).length, 3)
  assert.match(open, /^HTTP\/1\.1 20[06] [\s\S]*content-range: 0-\d+\/\d+/i)
  assert.equal(JSON.parse(comment)[0].body, 'Hello from curl')
  assert.equal(JSON.parse(taken)[0].status, 'IN_PROGRESS')
  assert.match(JSON.parse(wrong).hint, /title/)
})

test('a second start keeps the rows and seeds nothing', async () => {
  const before = await totals()
  await stopDemo(demo)
  demo = await startDemo(folder)
  assert.doesNotMatch(demo.text, /seeding/)
  assert.deepEqual(await totals(), before)
})
