// `tenon format`: in place, to the output, and as a check.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'

import { BINARY, removeWorkspace, run, workspace } from './support/tenon.js'

const MESSY = `model Note{id Int @id
  text   String? // why
@@map( "notes" )}`

const NEAT = `model Note {
  id   Int     @id
  text String? // why

  @@map("notes")
}
`

const BROKEN = `model Note {
  id Int
    text: String
}
`

const folders = []
async function folder(files = { 'schema.prisma': MESSY }) {
  const made = await workspace(files)
  folders.push(made)
  return made
}
after(() => Promise.all(folders.map(removeWorkspace)))

const text = (...path) => readFile(join(...path), 'utf8')

test('a file is written in place, with its mode and nothing beside it', async () => {
  const made = await folder()
  await chmod(join(made, 'schema.prisma'), 0o640)
  const { code, stdout, stderr } = await run(made, ['format'])
  assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: 'formatted schema.prisma\n', stderr: '' })
  assert.equal(await text(made, 'schema.prisma'), NEAT)
  assert.equal((await stat(join(made, 'schema.prisma'))).mode & 0o777, 0o640)
  assert.deepEqual(await readdir(made), ['schema.prisma'])
})

test('what is formatted is not written again', async () => {
  const made = await folder({ 'schema.prisma': NEAT })
  const before = await stat(join(made, 'schema.prisma'))
  const { code, stdout } = await run(made, ['format', 'schema.prisma'])
  assert.deepEqual({ code, stdout }, { code: 0, stdout: '' })
  const now = await stat(join(made, 'schema.prisma'))
  assert.deepEqual([now.ino, now.mtimeMs], [before.ino, before.mtimeMs])
})

test('--check changes nothing and names what would change', async () => {
  const made = await folder({ 'a.prisma': MESSY, 'b.zmodel': NEAT, 'c.txt': MESSY })
  const bad = await run(made, ['format', '--check', made])
  assert.equal(bad.code, 1)
  assert.equal(bad.stdout, `${join(made, 'a.prisma')} is not formatted\n`)
  assert.equal(await text(made, 'a.prisma'), MESSY)
  assert.equal((await run(made, ['format', '--check', 'b.zmodel'])).code, 0)
})

test('--stdout prints instead of writing', async () => {
  const made = await folder()
  const { code, stdout } = await run(made, ['format', '--stdout'])
  assert.deepEqual({ code, stdout }, { code: 0, stdout: NEAT })
  assert.equal(await text(made, 'schema.prisma'), MESSY)
})

test('- reads the input', async () => {
  const made = await folder({})
  const { code, stdout } = await run(made, ['format', '-'], { input: MESSY })
  assert.deepEqual({ code, stdout }, { code: 0, stdout: NEAT })
  assert.equal((await run(made, ['format', '-', '--check'], { input: MESSY })).code, 1)
  assert.equal((await run(made, ['format', '-', '--check'], { input: NEAT })).code, 0)
})

test('a folder is formatted with what is below it, but for broken files', async () => {
  const made = await folder({ 'a.prisma': BROKEN, 'z.prisma': MESSY })
  await mkdir(join(made, 'below'))
  await writeFile(join(made, 'below', 'b.prisma'), MESSY)
  const { code, stdout, stderr } = await run(made, ['format', '.'])
  assert.equal(code, 1)
  assert.equal(stdout, 'formatted ./z.prisma\nformatted ./below/b.prisma\n')
  assert.match(stderr, /a\.prisma:3:9: error: .*\[E0207\]/)
  assert.equal(await text(made, 'a.prisma'), BROKEN)
  assert.equal(await text(made, 'below', 'b.prisma'), NEAT)
})

test('what cannot be done is said', async () => {
  const made = await folder({ 'a.prisma': NEAT, 'b.prisma': NEAT })
  await mkdir(join(made, 'empty'))
  for (const [args, pattern] of [
    [['nope.prisma'], /cannot read nope\.prisma: No such file/],
    [['empty'], /no \.prisma or \.zmodel file in empty/],
    [['.', '--stdout'], /--stdout prints one file, and \. has 2/],
    [['a.prisma', '--check', '--stdout'], /--check and --stdout/],
  ]) {
    const { code, stderr } = await run(made, ['format', ...args])
    assert.equal(code, 1)
    assert.match(stderr, pattern)
  }
})

test('a file of a folder that cannot be read does not keep the others from it', async () => {
  const made = await folder({ 'b.prisma': MESSY })
  await symlink('nowhere.prisma', join(made, 'a.prisma'))
  const { code, stdout, stderr } = await run(made, ['format', '.'])
  assert.deepEqual({ code, stdout }, { code: 1, stdout: 'formatted ./b.prisma\n' })
  assert.equal(stderr, 'tenon: cannot read ./a.prisma: No such file or directory\n')
  assert.equal(await text(made, 'b.prisma'), NEAT)
})

test('output that cannot be written is an error', async () => {
  const made = await folder()
  const { code, stderr } = await promisify(execFile)('sh', ['-c', `'${BINARY}' format --stdout > /dev/full`], { cwd: made })
    .then(() => ({ code: 0 }), (error) => error)
  assert.equal(code, 1)
  assert.equal(stderr, 'tenon: cannot write the output: No space left on device\n')
})
