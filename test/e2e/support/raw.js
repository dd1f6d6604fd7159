// Speaks to a server byte by byte, for what no HTTP client would send.

import { connect } from 'node:net'

/** An open connection that collects what comes back. */
export class Raw {
  constructor(port) {
    this.text = ''
    this.isClosed = false
    this.waiting = []
    this.socket = connect(port, '127.0.0.1')
    this.socket.setEncoding('latin1')
    this.socket.on('data', (text) => {
      this.text += text
      this.wake()
    })
    // A reset is as good as a close: the server hangs up on garbage.
    this.socket.on('error', () => {})
    this.socket.on('close', () => {
      this.isClosed = true
      this.wake()
    })
  }

  wake() {
    for (const check of this.waiting.splice(0)) check()
  }

  send(bytes) {
    if (!this.socket.destroyed) this.socket.write(bytes, 'latin1')
    return this
  }

  /** Waits until is(text) holds, the connection closes or time is up. */
  until(is, ms = 10_000) {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(this.text), ms)
      const check = () => {
        if (is(this.text) || this.isClosed) {
          clearTimeout(timer)
          resolve(this.text)
        } else {
          this.waiting.push(check)
        }
      }
      check()
    })
  }

  close() {
    this.socket.destroy()
  }
}

/** The statuses of all replies in the text. */
export function statuses(text) {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map((match) => Number(match[1]))
}

/** Sends the bytes and returns what came back until the server hangs up, or,
 * for as many replies as wanted, until they are there. */
export async function exchange(port, bytes, { replies = Infinity, ms } = {}) {
  const raw = new Raw(port)
  raw.send(bytes)
  const text = await raw.until((got) => statuses(got).length >= replies, ms)
  const isClosed = raw.isClosed
  raw.close()
  return { text, statuses: statuses(text), isClosed }
}
