// An editor, as far as `tenon lsp` sees one: sends messages, collects answers
// and diagnostics. Positions in tests are marked in the text with |.

import { spawn } from 'node:child_process'
import { once } from 'node:events'

import { BINARY } from './tenon.js'

const ANSWER_MS = 20_000

export class Editor {
  constructor(child) {
    this.child = child
    this.bytes = Buffer.alloc(0)
    this.nextId = 1
    this.waiting = new Map() // id to the function that takes the answer
    this.diagnostics = new Map() // uri to the last list
    this.listeners = []
    child.stdout.on('data', (chunk) => this.read(chunk))
  }

  static async start(capabilities = {}, rootUri = null) {
    const editor = new Editor(spawn(BINARY, ['lsp', '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] }))
    editor.server = await editor.ask('initialize', { processId: null, rootUri, capabilities })
    editor.tell('initialized', {})
    return editor
  }

  read(chunk) {
    this.bytes = Buffer.concat([this.bytes, chunk])
    for (;;) {
      const head = this.bytes.indexOf('\r\n\r\n')
      if (head < 0) return
      const length = Number(/Content-Length: (\d+)/i.exec(this.bytes.subarray(0, head))[1])
      if (this.bytes.length < head + 4 + length) return
      const body = this.bytes.subarray(head + 4, head + 4 + length)
      this.bytes = this.bytes.subarray(head + 4 + length)
      this.take(JSON.parse(body))
    }
  }

  take(message) {
    if (message.method === 'textDocument/publishDiagnostics') {
      this.diagnostics.set(message.params.uri, message.params.diagnostics)
      return
    }
    const done = this.waiting.get(message.id)
    this.waiting.delete(message.id)
    done?.(message)
  }

  send(message) {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message })
    this.child.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
  }

  tell(method, params) {
    this.send({ method, params })
  }

  /** The whole answer; rejects when none comes. */
  answer(method, params) {
    const id = this.nextId++
    this.send({ id, method, params })
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no answer to ${method}`)), ANSWER_MS)
      this.waiting.set(id, (message) => {
        clearTimeout(timer)
        resolve(message)
      })
    })
  }

  /** The result of a request that must not fail. */
  async ask(method, params) {
    const { result, error } = await this.answer(method, params)
    if (error) throw new Error(`${method}: ${error.message}`)
    return result
  }

  /** Opens a document; returns where the | was, which is taken out. */
  open(uri, marked) {
    const text = marked.replace('|', '')
    const before = marked.slice(0, Math.max(marked.indexOf('|'), 0)).split('\n')
    this.tell('textDocument/didOpen', { textDocument: { uri, languageId: 'prisma', version: 1, text } })
    return {
      textDocument: { uri },
      position: { line: before.length - 1, character: before.at(-1).length },
    }
  }

  change(uri, text) {
    this.tell('textDocument/didChange', { textDocument: { uri, version: 2 }, contentChanges: [{ text }] })
  }

  /** What was published up to now: messages are answered in order. */
  async problems(uri) {
    await this.ask('textDocument/documentSymbol', { textDocument: { uri } })
    return this.diagnostics.get(uri)
  }

  /** Says goodbye; returns the exit code. */
  async stop() {
    await this.ask('shutdown')
    this.tell('exit')
    const [code] = await once(this.child, 'close')
    return code
  }
}

/** The text after an editor has made the edits, which do not overlap. */
export function applyEdits(text, edits) {
  const lines = text.split('\n')
  const offset = ({ line, character }) => lines.slice(0, line).reduce((sum, l) => sum + l.length + 1, 0) + character
  const sorted = edits.toSorted((a, b) => offset(b.range.start) - offset(a.range.start))
  return sorted.reduce(
    (result, edit) => result.slice(0, offset(edit.range.start)) + edit.newText + result.slice(offset(edit.range.end)),
    text,
  )
}
