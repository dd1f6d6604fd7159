// `tenon generate typescript`: what it writes is TypeScript whatever the names
// are, the same on both engines, and a committed file is checked.

import assert from 'node:assert/strict'
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { after, before, test } from 'node:test'

import { removeWorkspace, run, serveSchema, workspace } from './support/tenon.js'
import { problems } from './support/typescript.js'

const ROOT = resolve(import.meta.dirname, '../..')
const POSTGRES = ['--database', 'postgresql:///nowhere']

let folder

before(async () => {
  folder = await workspace()
})
after(() => folder && removeWorkspace(folder))

async function generate(schema, ...options) {
  await writeFile(join(folder, 'schema.prisma'), schema)
  return run(folder, ['generate', 'typescript', ...options])
}

// --- names -----------------------------------------------------------------

const NAMES = [
  'plain', '$', '_', 'class', 'constructor', '__proto__', '0', '00', '-1', 'a b', 'a-b', 'a.b', 'a?: any; b', "'", '"', '\\', '\\"',
  '`', '${x}', '*/', '/*', '//', '{', '}', ';', 'größe', '日本', '\u{1F600}', 'e\u0301', '\u00a0', '\u200b', '\u202e', '\u2028', '\ufeff',
  '</script>', '%s', 'Row', 'Database', 'Json', 'x'.repeat(60),
]
const quoted = (text) => `"${text.replace(/["\\]/g, '\\$&')}"`
const literal = (text) => JSON.stringify(text)

const STRANGE = `
enum Strange {
${NAMES.map((name, i) => `  /// ${name}\n  V${i} @map(${quoted(name)})`).join('\n')}
  @@map(${quoted('an "enum" */')})
}
${NAMES.map((name, i) => `
/// ${name}
model M${i} {
  /// ${name}
  id    Int     @id @map(${quoted(name)})
  other Int     @unique @map(${quoted(`other ${name}`)})
  up    M${i}?  @relation("up", fields: [upId], references: [other], map: ${quoted(`fk ${name} ${i}`)})
  upId  Int?    @map(${quoted(`up ${name}`)})
  down  M${i}[] @relation("up")
  kind  Strange @map(${quoted(`kind ${name}`)})
  @@map(${quoted(`t ${name}`)})
}`).join('\n')}
`

test('whatever names are, they are those of the schema', async () => {
  const { code, stdout, stderr } = await generate(STRANGE)
  assert.equal(code, 0, stderr)
  const uses = NAMES.map((name, i) => `
    const row${i}: Tables<${literal(`t ${name}`)}> = {
      ${literal(name) === '"__proto__"' ? '["__proto__"]' : literal(name)}: 1, ${literal(`other ${name}`)}: 2,
      ${literal(`up ${name}`)}: null, ${literal(`kind ${name}`)}: ${literal(name)},
    }
    same<Database['public']['Tables'][${literal(`t ${name}`)}]['Relationships'][0]['foreignKeyName'], ${literal(`fk ${name} ${i}`)}>()
    same<keyof Tables<${literal(`t ${name}`)}>, ${['', 'other ', 'up ', 'kind '].map((what) => literal(what + name)).join(' | ')}>()`)
  const test = `
    import { createClient } from '@supabase/supabase-js'
    import type { Database, Enums, Tables } from './strange.ts'
    export const client = createClient<Database>('http://localhost', 'key')
    declare function same<A, B>(...different: (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? [] : [A]): void
    same<Enums<'an "enum" */'>, ${NAMES.map(literal).join(' | ')}>()
    ${uses.join('\n')}
    // @ts-expect-error: nothing else
    export const wrong: Enums<'an "enum" */'> = 'something else'
    export default [${NAMES.map((_, i) => `row${i}`).join(', ')}]
  `
  const at = (name) => join(ROOT, 'test/e2e', name)
  assert.deepEqual(problems([], { [at('strange.ts')]: stdout, [at('strange_test.ts')]: test }), [])
})

// --- what was generated ----------------------------------------------------

test('the types of every schema here are TypeScript', () => {
  const cases = ['shop', 'kiosk', 'clinic'].map((name) => join(ROOT, `test/golden/generate/${name}/database.types.ts`))
  assert.deepEqual(problems([...cases, join(ROOT, 'examples/launchpad/database.types.ts')]), [])
})

const CORPUS = resolve(ROOT, '../shared/corpus')
const applications = (await readdir(CORPUS).catch(() => [])).filter((name) => name.endsWith('.prisma'))

// Most of what this takes is the compiler's: every third, or TENON_TEST_CORPUS=all.
test('the types of applications that others wrote are TypeScript', { skip: applications.length === 0 && 'no corpus' }, async () => {
  const texts = {}
  for (const name of applications.filter((_, i) => process.env.TENON_TEST_CORPUS === 'all' || i % 3 === 0)) {
    const { code, stdout } = await run(folder, ['generate', 'typescript', '--schema', join(CORPUS, name), ...POSTGRES])
    if (code !== 0) continue // of a database that is neither
    const file = name.replace('.prisma', '')
    const use = `
      import { createClient } from '@supabase/supabase-js'
      import type { Database } from './${file}.ts'
      export const client = createClient<Database>('http://localhost', 'key')
    `
    Object.assign(texts, { [join(ROOT, 'test/e2e', `${file}.ts`)]: stdout, [join(ROOT, 'test/e2e', `use_${file}.ts`)]: use })
  }
  assert.ok(Object.keys(texts).length > 20)
  assert.deepEqual(problems([], texts), [])
})

test('the examples of docs/typescript.md are TypeScript', async () => {
  const page = await readFile(join(ROOT, 'docs/typescript.md'), 'utf8')
  const blocks = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => match[1])
  assert.ok(blocks.length > 0)
  const types = await readFile(join(ROOT, 'examples/launchpad/database.types.ts'), 'utf8')
  const at = (name) => join(ROOT, 'test/e2e', name)
  const texts = { [at('database.types.ts')]: types, [at('page.ts')]: blocks.join('\n') }
  assert.deepEqual(problems([], texts), [])
})

test('tables of several schemas are found in theirs', () => {
  const path = join(ROOT, 'test/golden/generate/clinic/use.ts')
  const text = `
    import { createClient } from '@supabase/supabase-js'
    import type { Database, Enums, Tables, TablesInsert, TablesUpdate } from './database.types.ts'
    const client = createClient<Database>('http://localhost', 'key')
    export const patient: Tables<'patients'> = { country: 'NO', number: 1, name: 'Liv', 'by-country': null, 'by-number': null }
    export const seen: Tables<'patient visits'>['visits'] = 1
    export const room: Tables<{ schema: 'front desk' }, 'rooms'> = { number: 1 }
    export const visit: TablesInsert<{ schema: 'front desk' }, 'visits'> = { country: 'NO', number: 1, room: 1, state: 'HERE' }
    export const over: TablesUpdate<{ schema: 'front desk' }, 'visits'> = { state: 'OVER' }
    export const state: Enums<{ schema: 'front desk' }, 'State'> = 'PLANNED'
    export const next = await client.schema('front desk').from('visits').select('next(state), rooms(number)').single()
    export const rooms: { next: { state: 'PLANNED' | 'HERE' | 'OVER' } | null; rooms: { number: number } } = next.data!
    export const file = await client.from('patients').select('name, files("2nd")').single()
    export const mood: 'not known to anybody in this house' | null | undefined | string = file.data!.files?.['2nd']
    // @ts-expect-error: it is in the other schema
    export type Rooms = Tables<'rooms'>
    // @ts-expect-error: views are not written
    client.from('patient visits').insert({ visits: 1 })
    // @ts-expect-error: it is ignored
    client.schema('front desk').from('staff')
  `
  assert.deepEqual(problems([], { [path]: text }), [])
})

/** What the server makes of an embed: a list, one row, or an error. */
async function kindOfEmbed(server, table, name) {
  const { status } = await server.fetch(`${table}?select=x:${name}(*)`)
  if (status !== 200) return 'error'
  const ordered = await (await server.fetch(`${table}?select=x:${name}(*)&order=x(none)`)).json()
  return ordered.code === 'PGRST118' ? 'list' : 'one'
}

test('the server and the types agree on what embeds what', async () => {
  for (const name of ['examples/launchpad', 'test/golden/generate/kiosk']) {
    const types = join(ROOT, name, 'database.types.ts')
    const text = await readFile(types, 'utf8')
    const tables = [...text.matchAll(/^ {6}([a-z]\w*): \{\n {8}Row:/gm)].map((match) => match[1])
    const columns = [...new Set([...text.matchAll(/columns: \["(.*?)"\]/g)].map((match) => match[1]))]
    const server = await serveSchema(await readFile(join(ROOT, name, 'schema.prisma'), 'utf8'), [], undefined, 'sqlite')
    const lines = []
    let embedded = 0
    for (const table of tables) {
      for (const other of [...tables, ...columns]) {
        const kind = await kindOfEmbed(server, table, other)
        // The client's types go through a table between back to where they came
        // from, and by a column of the other table.
        if (kind === 'error' && (table === other || columns.includes(other))) continue
        embedded += kind !== 'error'
        const i = lines.length
        lines.push(`const q${i} = await client.from('${table}').select('x:${other}(*)'); export const k${i}: Kind<typeof q${i}> = '${kind}' // ${table}: ${other}`)
      }
    }
    await server.close()
    assert.ok(embedded >= tables.length)
    const test = `
      import { createClient } from '@supabase/supabase-js'
      import type { Database } from './database.types.ts'
      const client = createClient<Database>('http://localhost', 'key')
      type Kind<T> = T extends { data: { x: infer X }[] } ? [X] extends [{ error: true }] ? 'error' : [X] extends [unknown[]] ? 'list' : 'one' : never
    `
    assert.deepEqual(problems([], { [join(ROOT, name, 'use.ts')]: test + lines.join('\n') }), [])
  }
})

test('both engines say the same', async () => {
  for (const path of ['examples/launchpad/schema.prisma', 'test/golden/generate/kiosk/schema.prisma']) {
    const schema = await readFile(join(ROOT, path), 'utf8')
    const one = await generate(schema)
    assert.equal(one.code, 0, one.stderr)
    assert.equal((await generate(schema, ...POSTGRES)).stdout, one.stdout)
  }
})

test('what is not exposed is not there', async () => {
  const schema = await readFile(join(ROOT, 'test/golden/generate/clinic/schema.prisma'), 'utf8')
  const { stdout } = await generate(schema, ...POSTGRES, '--expose', 'front desk')
  assert.match(stdout, /^ {2}"front desk": \{$/m)
  assert.doesNotMatch(stdout, /patients|public/)
  assert.match(stdout, /type DefaultSchema = Schemas\["front desk"\]/)
})

test('an application of nothing', async () => {
  const { code, stdout } = await generate('')
  assert.equal(code, 0)
  assert.match(stdout, /Tables: Record<never, never>;/)
  assert.deepEqual(problems([], { [join(ROOT, 'test/e2e/nothing.ts')]: stdout }), [])
})

// --- files -----------------------------------------------------------------

test('a file is written once, and checked', async () => {
  await copyFile(join(ROOT, 'examples/launchpad/schema.prisma'), join(folder, 'schema.prisma'))
  const command = (...options) => run(folder, ['generate', 'typescript', '--output', 'db.ts', ...options])
  assert.deepEqual(await command('--check'), { code: 1, stdout: 'db.ts is not there: run the same without --check\n', stderr: '' })
  assert.deepEqual(await command(), { code: 0, stdout: 'wrote db.ts\n', stderr: '' })
  assert.deepEqual(await command(), { code: 0, stdout: '', stderr: '' })
  assert.deepEqual(await command('--check'), { code: 0, stdout: '', stderr: '' })
  const path = join(folder, 'db.ts')
  const { stdout } = await run(folder, ['generate', 'typescript'])
  assert.equal(await readFile(path, 'utf8'), stdout)
  const edited = stdout.replace('tasks: {', 'task: {')
  await writeFile(path, edited)
  const drifted = await command('--check')
  assert.deepEqual(drifted, { code: 1, stdout: 'db.ts is not what the schema says: run the same without --check\n', stderr: '' })
  assert.equal(await readFile(path, 'utf8'), edited)
})

test('other documents are written and checked as well', async () => {
  for (const [what, name] of [['json-schema', 'rows.json'], ['openapi', 'rest.json']]) {
    const command = (...options) => run(folder, ['generate', what, '--output', name, ...options])
    assert.equal((await command()).stdout, `wrote ${name}\n`)
    assert.equal((await command('--check')).code, 0)
    JSON.parse(await readFile(join(folder, name), 'utf8'))
  }
})

test('--check without a file says what it needs', async () => {
  const { code, stderr } = await run(folder, ['generate', 'typescript', '--check'])
  assert.equal(code, 1)
  assert.match(stderr, /--check needs the file to look at/)
})

test('a folder that is not there is told', async () => {
  const { code, stderr } = await run(folder, ['generate', 'typescript', '--output', 'nowhere/db.ts'])
  assert.equal(code, 1)
  assert.match(stderr, /nowhere\/db\.ts/)
})
