// Prisma's own schema engine, as the oracle for DDL, and its formatter. They are
// WebAssembly that runs offline; ../shared/oracles knows how to start them, and
// the packages come from npm into build/oracle once.

import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { promisify } from 'node:util'

const SHARED = new URL('../../../../shared/', import.meta.url)
const FOLDER = new URL('../../../build/oracle/', import.meta.url)

/** The engine and the formatter, as ../shared/oracles calls them. */
const PACKAGES = ['se6', 'psl6']

export const CORPUS = new URL('corpus/', SHARED)

async function install() {
  const { dependencies } = JSON.parse(await readFile(new URL('oracles/package.json', SHARED)))
  await mkdir(FOLDER, { recursive: true })
  await copyFile(new URL('oracles/engine.mjs', SHARED), new URL('engine.mjs', FOLDER))
  if (PACKAGES.every((name) => existsSync(new URL(`node_modules/${name}`, FOLDER)))) return
  const wanted = Object.fromEntries(PACKAGES.map((name) => [name, dependencies[name]]))
  const manifest = { private: true, type: 'module', dependencies: wanted }
  await writeFile(new URL('package.json', FOLDER), JSON.stringify(manifest))
  await promisify(execFile)('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: FOLDER,
  })
}

/**
 * Why the oracle cannot be asked here, or false. Prisma's packages are about 7 MB.
 */
async function reason() {
  if (!existsSync(new URL('oracles/engine.mjs', SHARED))) return 'there is no ../shared here'
  try {
    await install()
    return false
  } catch (error) {
    return `Prisma's packages cannot be installed: ${error.message.split('\n')[0]}`
  }
}

export const skip = await reason()

/** What make() resolved to when it was last called for the same key. */
export async function remember(key, make) {
  const name = createHash('sha256').update(key).digest('hex')
  const file = new URL(`remembered/${name}.json`, FOLDER)
  if (existsSync(file)) return JSON.parse(await readFile(file, 'utf8'))
  const made = await make()
  await mkdir(new URL('remembered/', FOLDER), { recursive: true })
  await writeFile(file, JSON.stringify(made))
  return made
}

/** A function from a schema's text to Prisma's SQL for an empty database. */
export async function loadOracle() {
  const { loadEngine, diff, normalize } = await import(new URL('engine.mjs', FOLDER))
  const engine = await loadEngine('se6')
  return async (text) => {
    try {
      return await diff(engine, null, normalize(text))
    } catch (error) {
      throw new Error(globalThis.PRISMA_WASM_PANIC_REGISTRY.message || error.message || error)
    }
  }
}

/** A function from a schema's text to the text that Prisma's formatter makes of
 * it, called as ../shared/oracles/format.mjs calls it. */
export function loadFormatter() {
  const { format } = createRequire(new URL('format.cjs', FOLDER))('psl6')
  const uri = 'file:///schema.prisma'
  const options = JSON.stringify({ textDocument: { uri }, options: { tabSize: 2, insertSpaces: true } })
  return (text) => JSON.parse(format(JSON.stringify([[uri, text]]), options))[0][1]
}

/** A function that tells whether Prisma takes the text of a schema. */
export function loadValidator() {
  const { validate } = createRequire(new URL('validate.cjs', FOLDER))('psl6')
  return (text) => {
    try {
      validate(JSON.stringify({ prismaSchema: [['schema.prisma', text]], noColor: true }))
      return true
    } catch {
      return false
    }
  }
}
