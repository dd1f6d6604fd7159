// Our formatter makes of a file what Prisma's makes of it: of the schemas of real
// applications, and of what is left of them when somebody has laid them out with
// no care. What differs, differs on purpose, and stands in a table.

import assert from 'node:assert/strict'
import { readFile, readdir } from 'node:fs/promises'
import { describe, test } from 'node:test'
import { run } from '../e2e/support/tenon.js'
import { CORPUS, loadFormatter, skip } from './support/prisma.js'

/** What is not Prisma's on purpose: their text is rewritten to ours. Each row must
 * have something to do, or it is a lie. */
const DELIBERATE = [
  {
    why: 'blanks at the end of a comment go',
    theirs: /(\/\/.*?)[ \t]+$/gm,
    ours: '$1',
  },
  {
    why: 'a block comment stays on its line',
    theirs: /^\/\*\*\n \* (.*)\n \*\/$/gm,
    ours: '/** $1 */',
  },
  {
    why: 'the lines of a block comment are not indented, they may be a drawing',
    theirs: /^ +(\*(?: .*|\/)?)$/gm,
    ours: '$1',
    layouts: ['without indentation'],
  },
  {
    why: 'there is no empty line before the first member',
    theirs: /\{\n\n/g,
    ours: '{\n',
  },
]

/** A quoted string or a line comment, which no layout may touch. */
const KEPT = /"(?:[^"\\]|\\.)*"|\/\/.*/
const ATTRIBUTE = /@[\w.]+(?:\((?:"(?:[^"\\]|\\.)*"|[^()"]|\((?:"(?:[^"\\]|\\.)*"|[^()"])*\))*\))?/

/** A member's line without its comment: what is named, and its attributes. */
const MEMBER = new RegExp(
  `^(\\s*\\w+\\s+[\\w.]+(?:\\("[^"]*"\\))?(?:\\[\\]|\\?)?)((?:\\s+${ATTRIBUTE.source})+)[ \\t]*$`,
  'gm',
)

const LAYOUTS = [
  { name: 'as it is', of: (text) => text },
  {
    name: 'without indentation',
    of: (text) => text.replace(/^[ \t]+/gm, ''),
  },
  {
    name: 'with single blanks',
    of: (text) =>
      text.replace(new RegExp(`(${KEPT.source})|(\\S)[ \\t]{2,}`, 'g'), (_, kept, before) => kept ?? `${before} `),
  },
  {
    name: 'with attributes backwards',
    of: (text) =>
      text.replace(MEMBER, (_, head, attributes) =>
        [head, ...attributes.match(new RegExp(ATTRIBUTE, 'g')).reverse()].join(' '),
      ),
  },
  {
    name: 'with the attributes of a block in front',
    of: (text) => text.replace(/^((?:model|view) \w+ \{\n)((?:[^}\n]*\n)*?)((?:[ \t]*@@.*\n)+)\}$/gm, '$1$3\n$2}'),
  },
]

const used = new Set()

function asOurs(text, layout) {
  for (const rule of DELIBERATE) {
    if (rule.layouts && !rule.layouts.includes(layout)) continue
    const rewritten = text.replace(rule.theirs, rule.ours)
    if (rewritten !== text) used.add(rule)
    text = rewritten
  }
  return text
}

/** The first line that is not the same, for people. */
function difference(ours, theirs) {
  const [a, b] = [ours.split('\n'), theirs.split('\n')]
  const at = a.findIndex((line, i) => line !== b[i])
  return `line ${at + 1}: ours: ${JSON.stringify(a[at])} theirs: ${JSON.stringify(b[at])}`
}

describe('format', { skip, concurrency: 1 }, async () => {
  const format = skip ? null : loadFormatter()
  const files = skip ? [] : (await readdir(CORPUS)).filter((name) => name.endsWith('.prisma'))

  for (const layout of LAYOUTS) {
    test(`makes what Prisma makes of a file ${layout.name}`, async (t) => {
      const failures = []
      let changed = 0
      for (const name of files) {
        const text = layout.of(await readFile(new URL(name, CORPUS), 'utf8'))
        const theirs = asOurs(format(text), layout.name)
        const { code, stdout, stderr } = await run('.', ['format', '-'], { input: text })
        if (code !== 0) failures.push(`${name}: ${stderr}`)
        else if (stdout !== theirs) failures.push(`${name}: ${difference(stdout, theirs)}`)
        changed += stdout === text ? 0 : 1
      }
      assert.deepEqual(failures, [])
      t.diagnostic(`${files.length} schemas compared, ${changed} changed by formatting`)
      assert.ok(files.length >= 50)
    })
  }

  test('has no excuse that excuses nothing', () => {
    const idle = DELIBERATE.filter((rule) => !used.has(rule)).map((rule) => rule.why)
    assert.deepEqual(idle, [])
  })
})
