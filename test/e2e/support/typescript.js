// TypeScript's compiler, for what is generated and for tests that have types.

import { relative, resolve } from 'node:path'
import ts from 'typescript'

const E2E = resolve(import.meta.dirname, '..')

export const OPTIONS = {
  strict: true,
  noEmit: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ['lib.es2023.d.ts'],
  types: ['node'],
  typeRoots: [resolve(E2E, 'node_modules/@types')],
  paths: { '@supabase/*': [resolve(E2E, 'node_modules/@supabase/*')] },
  noUncheckedIndexedAccess: true,
  allowImportingTsExtensions: true,
  erasableSyntaxOnly: true,
  verbatimModuleSyntax: true,
  allowJs: true,
  skipLibCheck: true, // of the client's own declarations
}

// Those of the compiler and the client, read once.
const libraries = new Map()

/**
 * What the compiler has to say about files, some of which are only in memory:
 * `texts` has those by their paths.
 * @returns {string[]} a line for each problem
 */
export function problems(paths, texts = {}) {
  const known = new Map(Object.entries(texts).map(([path, text]) => [resolve(path), text]))
  const host = ts.createCompilerHost(OPTIONS)
  const { readFile, fileExists } = host
  host.readFile = (path) => known.get(resolve(path)) ?? readFile.call(host, path)
  host.fileExists = (path) => known.has(resolve(path)) || fileExists.call(host, path)
  const { getSourceFile } = host
  host.getSourceFile = (path, ...rest) => {
    const text = known.get(resolve(path))
    if (text !== undefined) return ts.createSourceFile(path, text, rest[0])
    if (!path.includes('/node_modules/')) return getSourceFile.call(host, path, ...rest)
    if (!libraries.has(path)) libraries.set(path, getSourceFile.call(host, path, ...rest))
    return libraries.get(path)
  }
  const program = ts.createProgram([...paths, ...known.keys()].map((path) => resolve(path)), OPTIONS, host)
  return ts.getPreEmitDiagnostics(program).map(line)
}

function line({ file, start, messageText, code }) {
  const text = ts.flattenDiagnosticMessageText(messageText, '\n')
  if (!file) return `TS${code}: ${text}`
  const { line: at, character } = file.getLineAndCharacterOfPosition(start)
  return `${relative('', file.fileName)}:${at + 1}:${character + 1}: TS${code}: ${text}`
}
