// The official client with the types that `tenon generate typescript` makes:
// every method of its query builder, on the demo and on a schema with what the
// demo lacks. Each answer is compared with a value and its type with a type;
// what is no TypeScript is a failed test.

import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'

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

for (const name of files.filter((name) => name !== 'world.ts')) await import(join(FOLDER, name))
