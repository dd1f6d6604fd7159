// A disk under the server that loses what was not synced when the server is
// killed, and that fails on request. See test/support/crash_vfs.h.

import { closeSync, openSync, readSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'

const LIBRARY = process.env.CRASH_PRELOAD

/** For the skip option of a test. */
export const noDisk = LIBRARY ? false : 'the sanitizer cannot be loaded before it'

export const FULL = 13
export const IO_WRITE = 10 | (3 << 8)
export const IO_SYNC = 10 | (4 << 8)

export const DATABASE = 1
export const WAL = 2

// The words of struct crash_faults.
const WORDS = ['files', 'writeError', 'writeSkip', 'writeCount', 'syncError', 'syncCount', 'syncDelayUs']
const DELIVERED = WORDS.length
const SYNCS = DELIVERED + 1

export class Disk {
  constructor(folder) {
    const path = join(folder, 'faults')
    writeFileSync(path, Buffer.alloc(4096))
    this.file = openSync(path, 'r+')
    this.env = { LD_PRELOAD: LIBRARY, CRASH_VFS_FAULTS: path }
  }

  /** From now on, this fails and nothing else. A count of -1 is always. */
  fail(faults) {
    const all = { writeCount: -1, syncCount: -1, ...faults }
    this.set('writeError', 0)
    this.set('syncError', 0)
    for (const word of WORDS) if (!word.endsWith('Error')) this.set(word, all[word] ?? 0)
    this.set('writeError', all.writeError ?? 0)
    this.set('syncError', all.syncError ?? 0)
  }

  heal() {
    this.fail({})
  }

  get delivered() {
    return this.get(DELIVERED)
  }

  get syncs() {
    return this.get(SYNCS)
  }

  set(word, value) {
    const bytes = Buffer.alloc(4)
    bytes.writeInt32LE(value)
    writeSync(this.file, bytes, 0, 4, WORDS.indexOf(word) * 4)
  }

  get(index) {
    const bytes = Buffer.alloc(4)
    readSync(this.file, bytes, 0, 4, index * 4)
    return bytes.readInt32LE()
  }

  close() {
    closeSync(this.file)
  }
}
