// The official client with the types that `tenon generate typescript` makes:
// every method of its query builder, on the demo and on a schema with what the
// demo lacks. Each answer is compared with a value and its type with a type;
// what is no TypeScript is a failed test.

import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'

import { createClient } from '../e2e/support/client.js'
import { ENGINE } from '../e2e/support/tenon.js'
import { problems } from '../e2e/support/typescript.js'

const FOLDER = join(import.meta.dirname, 'client_typed')
const files = (await readdir(FOLDER)).toSorted()

// Types are the same on every engine.
if (ENGINE === 'sqlite') {
  test('all of it type-checks', () => {
    assert.deepEqual(problems(files.map((name) => join(FOLDER, name))), [])
  })
}

/** What can be called on the object but what it has inside. */
function methodsOf(object) {
  const inside = ['constructor', 'fetch', 'then', 'processResponse', 'cloneRequestState']
  const names = new Set()
  for (let o = object; o !== Object.prototype; o = Object.getPrototypeOf(o)) {
    for (const name of Object.getOwnPropertyNames(o)) {
      if (typeof o[name] === 'function' && !inside.includes(name)) names.add(name)
    }
  }
  return [...names]
}

test('no method of the query builder is left out', async () => {
  const client = createClient('http://localhost', 'key')
  const methods = ['from', 'schema', 'rpc', 'getOpenApiSpec', ...methodsOf(client.from('x')), ...methodsOf(client.from('x').select())]
  const text = (await Promise.all(files.map((name) => readFile(join(FOLDER, name), 'utf8')))).join('')
  assert.ok(methods.length > 50)
  assert.deepEqual(methods.filter((name) => !text.includes(`.${name}(`) && !text.includes(`.${name}<`)), [])
})

for (const name of files.filter((name) => name !== 'world.ts')) await import(join(FOLDER, name))
