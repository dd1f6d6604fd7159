// Prisma's own schema engine, as the oracle for DDL. It is WebAssembly that runs
// offline; ../shared/oracles knows how to start it, and the package comes from
// npm into build/oracle once.

import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'

const SHARED = new URL('../../../../shared/', import.meta.url)
const FOLDER = new URL('../../../build/oracle/', import.meta.url)

export const CORPUS = new URL('corpus/', SHARED)

async function install() {
  const { dependencies } = JSON.parse(await readFile(new URL('oracles/package.json', SHARED)))
  await mkdir(FOLDER, { recursive: true })
  await copyFile(new URL('oracles/engine.mjs', SHARED), new URL('engine.mjs', FOLDER))
  if (existsSync(new URL('node_modules/se6', FOLDER))) return
  const manifest = { private: true, type: 'module', dependencies: { se6: dependencies.se6 } }
  await writeFile(new URL('package.json', FOLDER), JSON.stringify(manifest))
  await promisify(execFile)('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: FOLDER,
  })
}

/**
 * Why the oracle cannot be asked here, or false. Prisma's packages are about 4 MB.
 */
async function reason() {
  if (!existsSync(new URL('oracles/engine.mjs', SHARED))) return 'there is no ../shared here'
  try {
    await install()
    return false
  } catch (error) {
    return `Prisma's engine cannot be installed: ${error.message.split('\n')[0]}`
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
