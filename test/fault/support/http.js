// One HTTP/1.1 connection that may have many requests under way. fetch() hides
// connections; these tests are about what happens on one.

import { once } from 'node:events'
import { connect } from 'node:net'

/** The connection ended before the answer was complete. */
export class Gone extends Error {}

export class Connection {
  static async open(port) {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    await once(socket, 'connect')
    return new Connection(socket)
  }

  constructor(socket) {
    this.socket = socket
    this.waiting = []
    this.bytes = Buffer.alloc(0)
    socket.on('data', (bytes) => {
      this.bytes = this.bytes.length === 0 ? bytes : Buffer.concat([this.bytes, bytes])
      this.deliver()
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      this.isClosed = true
      for (const { reject } of this.waiting.splice(0)) reject(new Gone('connection closed'))
    })
  }

  /**
   * Sends a request at once, behind those that are under way.
   * @returns {Promise<{status: number, headers: object, text: string}>}
   */
  request(method, path, body, headers = {}) {
    if (this.isClosed) return Promise.reject(new Gone('connection closed'))
    const text = body === undefined ? '' : JSON.stringify(body)
    const lines = [`${method} ${path} HTTP/1.1`, 'Host: localhost']
    for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`)
    if (body !== undefined) {
      lines.push('Content-Type: application/json', `Content-Length: ${Buffer.byteLength(text)}`)
    }
    this.socket.write(`${lines.join('\r\n')}\r\n\r\n${text}`)
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject, hasBody: method !== 'HEAD' })
    })
  }

  async json(method, path, body, headers) {
    const reply = await this.request(method, path, body, headers)
    return { ...reply, body: reply.text === '' ? null : JSON.parse(reply.text) }
  }

  deliver() {
    for (let next = takeReply(this); next !== null; next = takeReply(this)) {
      this.waiting.shift().resolve(next)
    }
  }

  close() {
    this.socket.destroy()
  }
}

function takeReply(connection) {
  const { bytes, waiting } = connection
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0 || waiting.length === 0) return null
  const [first, ...lines] = bytes.latin1Slice(0, end).split('\r\n')
  const headers = Object.fromEntries(lines.map((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
  }))
  const status = Number(first.split(' ')[1])
  const isEmpty = !waiting[0].hasBody || status === 204 || status === 304
  const body = isEmpty ? { text: '', next: end + 4 } : takeBody(bytes, end + 4, headers)
  if (body === null) return null
  connection.bytes = bytes.subarray(body.next)
  return { status, headers, text: body.text }
}

function takeBody(bytes, start, headers) {
  if (headers['transfer-encoding'] === 'chunked') return takeChunks(bytes, start)
  const next = start + Number(headers['content-length'] ?? 0)
  return bytes.length < next ? null : { text: bytes.utf8Slice(start, next), next }
}

function takeChunks(bytes, start) {
  const parts = []
  for (let at = start; ;) {
    const end = bytes.indexOf('\r\n', at)
    if (end < 0) return null
    const size = parseInt(bytes.latin1Slice(at, end), 16)
    const next = end + 2 + size + 2
    if (bytes.length < next) return null
    if (size === 0) return { text: Buffer.concat(parts).toString(), next }
    parts.push(bytes.subarray(end + 2, end + 2 + size))
    at = next
  }
}
