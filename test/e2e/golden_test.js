// What is printed for people, compared with what was agreed on: the console
// blocks of the documentation, the diagnostics of broken schemas, the tables
// that a schema becomes. `./dev golden` rewrites the expected side; the review
// of that diff is the review.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { promisify } from 'node:util'

import { startDemo, stopDemo } from './support/demo.js'
import { BINARY, removeWorkspace, run, serve, workspace } from './support/tenon.js'

const ROOT = resolve(import.meta.dirname, '../..')
const IS_WRITING = process.env.TENON_GOLDEN === 'write'

const cleanups = []
after(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup()
})

async function scratch(files) {
  const folder = await workspace(files)
  cleanups.push(() => removeWorkspace(folder))
  return folder
}

async function expectFile(path, got) {
  if (IS_WRITING) return writeFile(path, got)
  const want = await readFile(path, 'utf8').catch(() => '')
  assert.equal(got, want, `${path} differs; ./dev golden rewrites it`)
}

for (const name of await readdir(join(ROOT, 'test/golden/check'))) {
  test(`check ${name}`, async () => {
    const folder = join(ROOT, 'test/golden/check', name)
    const app = await scratch()
    await copyFile(join(folder, 'schema.prisma'), join(app, 'schema.prisma'))
    const text = await run(app, ['check', 'schema.prisma'])
    await expectFile(join(folder, 'check.txt'), text.stdout + text.stderr)
    const json = await run(app, ['check', '--json', 'schema.prisma'])
    await expectFile(join(folder, 'check.json'), json.stdout)
    assert.equal(json.code, text.code)
  })
}

async function diagnosticCodes() {
  const table = await readFile(join(ROOT, 'src/schema/diag_code.def'), 'utf8')
  return [...table.matchAll(/^X\(\w+, "(\w+)"/gm)].map((match) => match[1])
}

// Small schemas with a mistake (one/) or several, each beside what `check` says
// about it. The name of one with a single mistake begins with its code.
for (const folder of ['one', 'several'].map((name) => join(ROOT, 'test/golden/broken', name))) {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.prisma'))
  test(`${names.length} broken schemas in ${basename(folder)}`, async () => {
    for (const name of names) {
      const { stdout, stderr } = await run(folder, ['check', name])
      await expectFile(join(folder, name.replace('.prisma', '.txt')), stdout + stderr)
      const json = await run(folder, ['check', '--json', name])
      const codes = JSON.parse(json.stdout).map((diagnostic) => diagnostic.code)
      if (basename(folder) === 'one') assert.deepEqual(codes, [name.split('-')[0]], name)
      else assert.ok(codes.length > 1, name)
    }
  })
}

// A page about a diagnostic shows a schema that has it, what is said, and the
// same schema without it.
test('the pages about diagnostics', async () => {
  const folder = join(ROOT, 'docs/errors')
  for (const name of (await readdir(folder)).filter((name) => name !== 'README.md')) {
    const page = await readFile(join(folder, name), 'utf8')
    const [bad, good] = [...page.matchAll(/^```prisma\n([\s\S]*?)^```$/gm)].map((match) => match[1])
    if (bad === undefined) continue
    const code = basename(name, '.md')
    const broken = await scratch({ 'schema.prisma': bad })
    const { stdout } = await run(broken, ['check', 'schema.prisma'])
    assert.match(stdout, new RegExp(`\\[${code}\\]`), name)
    await expectFile(join(folder, name), page.replace(/^```text\n[\s\S]*?^```$/m, () => `\`\`\`text\n${stdout}\`\`\``))
    const fixed = await scratch({ 'schema.prisma': good })
    const { code: exit, stdout: rest } = await run(fixed, ['check', 'schema.prisma'])
    assert.equal(exit, 0, `${name}: ${rest}`)
    assert.doesNotMatch(rest, new RegExp(code), name)
  }
})

test('every diagnostic has a page and a line in the index', async () => {
  const index = await readFile(join(ROOT, 'docs/errors/README.md'), 'utf8')
  for (const code of await diagnosticCodes()) {
    const page = await readFile(join(ROOT, 'docs/errors', `${code}.md`), 'utf8')
    const title = /^# (\w+): (.*)$/m.exec(page)
    assert.equal(title?.[1], code)
    assert.ok(index.includes(`- [${code}](${code}.md) ${title[2]}\n`), code)
  }
})

test('every diagnostic has a broken schema that shows it', async () => {
  const codes = await diagnosticCodes()
  const shown = (await readdir(join(ROOT, 'test/golden/broken/one'))).map((name) => name.split('-')[0])
  // Files of megabytes, and expressions a hundred levels deep, are in unit tests.
  const elsewhere = ['E0102', 'E0212']
  assert.deepEqual(
    codes.filter((code) => !shown.includes(code) && !elsewhere.includes(code)),
    [],
  )
})

/** The statements that a database consists of, as SQLite keeps them. */
function statementsOf(path) {
  const database = new DatabaseSync(path, { readOnly: true })
  const rows = database
    .prepare("select sql from sqlite_master where sql is not null and name not like 'sqlite_%' order by rowid")
    .all()
  database.close()
  return rows.map((row) => `${row.sql};\n`).join('\n')
}

test('the tables of the demo', async () => {
  const app = await scratch()
  const schema = join(ROOT, 'examples/launchpad/schema.prisma')
  const { code, stderr } = await run(app, ['push', '--schema', schema, '--database', 'file:app.db'])
  assert.equal(code, 0, stderr)
  await expectFile(join(ROOT, 'test/golden/push/launchpad.sql'), statementsOf(join(app, 'app.db')))
})

test('the TypeScript types of the demo', async () => {
  const schema = join(ROOT, 'examples/launchpad/schema.prisma')
  const { stdout } = await run(await scratch(), ['generate', 'typescript', '--schema', schema])
  await expectFile(join(ROOT, 'examples/launchpad/database.types.ts'), stdout)
})

for (const name of await readdir(join(ROOT, 'test/golden/generate'))) {
  const folder = join(ROOT, 'test/golden/generate', name)
  const generate = async (...command) => {
    const options = ['--schema', join(folder, 'schema.prisma'), '--database', 'postgresql:///shop']
    const { code, stdout, stderr } = await run(await scratch(), [...command, ...options])
    assert.equal(code, 0, stderr)
    return stdout
  }
  test(`the resolved schema of ${name}`, async () => {
    await expectFile(join(folder, 'schema.json'), await generate('schema', 'dump', '--json'))
  })
  test(`the JSON Schema of ${name}`, async () => {
    await expectFile(join(folder, 'json-schema.json'), await generate('generate', 'json-schema'))
  })
  test(`the OpenAPI document of ${name}`, async () => {
    await expectFile(join(folder, 'openapi.json'), await generate('generate', 'openapi'))
  })
  test(`the TypeScript types of ${name}`, async () => {
    await expectFile(join(folder, 'database.types.ts'), await generate('generate', 'typescript'))
  })
  test(`the types of hooks of ${name}`, async () => {
    await expectFile(join(folder, 'tenon.lua'), await generate('generate', 'lua'))
  })
}

test('the manual of the settings', async () => {
  const app = await scratch()
  const { stdout } = await run(app, ['config'])
  const page = join(ROOT, 'docs/configuration.md')
  const text = await readFile(page, 'utf8')
  const want = text.replace(/(```text\n\$ tenon config\n)[\s\S]*?(```)/, (_, head, end) => head + stdout + end)
  await expectFile(page, want)
})

// --- documentation ---------------------------------------------------------

const shell = promisify(execFile)
const BLOCK = /^```console\n([\s\S]*?)^```$/gm

/** Runs a page's console blocks and returns the page with what they print. */
class Session {
  constructor(folder, address) {
    this.home = folder
    this.folder = folder
    this.address = address // what the page's 127.0.0.1:54321 stands for
  }

  async print(command) {
    if (command.startsWith('cd ')) {
      this.folder = resolve(this.folder, command.slice(3))
      return ''
    }
    if (command === 'tenon serve &') return this.serve()
    const real = command.replaceAll('127.0.0.1:54321', this.address)
    const { stdout, stderr } = await shell('bash', ['-c', real], {
      cwd: this.folder,
      env: { ...process.env, PATH: `${dirname(BINARY)}:${process.env.PATH}`, NO_COLOR: '1' },
    }).catch((error) => error)
    const text = this.stable(stdout + stderr)
    return text === '' || text.endsWith('\n') ? text : `${text}\n`
  }

  async serve() {
    const server = await serve(this.folder)
    cleanups.push(() => server.stop())
    this.address = `127.0.0.1:${server.port}`
    return ''
  }

  /** Without what differs from run to run. */
  stable(text) {
    return text
      .replaceAll('\r', '')
      .replaceAll(this.address, '127.0.0.1:54321')
      .replaceAll(this.home, '/home/ada')
      .replace(/^date: .*$/gim, 'Date: Thu, 20 Nov 2025 12:00:00 GMT')
      .replace(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, '019aa0c4-7b1e-7d02-9c6f-2f1d8e5ab301')
      .replace(/"20(2[6-9]|25-1[12])[^"]*\+00:00"/g, '"2025-11-20T12:00:00.000+00:00"')
      .replace(/tenon_op_[0-9a-f]+/g, `tenon_op_${'0123456789abcdef'.repeat(4)}01234567`)
      .replace(/good until [-0-9]+/g, 'good until 2026-02-18')
      .replace(/\n\n$/, '\n')
  }

  async block(text) {
    let printed = ''
    for (const line of text.split('\n').filter((line) => line.startsWith('$ '))) {
      printed += `${line}\n${await this.print(line.slice(2))}`
    }
    return printed
  }

  async page(path) {
    const text = await readFile(path, 'utf8')
    const blocks = []
    for (const match of text.matchAll(BLOCK)) blocks.push(await this.block(match[1]))
    assert.ok(blocks.length > 0)
    await expectFile(path, text.replace(BLOCK, () => `\`\`\`console\n${blocks.shift()}\`\`\``))
  }
}

test('README.md prints what the commands print', async () => {
  await new Session(await scratch(), '127.0.0.1:54321').page(join(ROOT, 'README.md'))
})

test('docs/rest.md prints what the demo answers', async () => {
  const folder = await scratch()
  const demo = await startDemo(folder)
  cleanups.push(() => stopDemo(demo))
  await new Session(folder, new URL(demo.url).host).page(join(ROOT, 'docs/rest.md'))
})

test('every schema in docs/schema.md is a schema', async () => {
  const text = await readFile(join(ROOT, 'docs/schema.md'), 'utf8')
  const schemas = [...text.matchAll(/^```prisma\n([\s\S]*?)^```$/gm)]
  assert.ok(schemas.length > 0)
  for (const [, schema] of schemas) {
    const app = await scratch({ 'schema.prisma': schema })
    const { code, stdout, stderr } = await run(app, ['check', 'schema.prisma'])
    assert.equal(code, 0, schema + stdout + stderr)
  }
})
