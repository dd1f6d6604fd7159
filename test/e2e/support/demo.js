// The demo, examples/launchpad, on a free port.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname } from 'node:path'

import { BINARY } from './tenon.js'

/** Starts the demo's script on the data in the folder, which it seeds when it
 * is empty, and waits until it has printed everything. */
export async function startDemo(folder) {
  const child = spawn(
    'examples/launchpad/run.sh',
    [dirname(BINARY), folder, '--listen', '127.0.0.1:0'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let text = ''
  await new Promise((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (more) => {
      text += more
      if (/a wrong name[^\n]*\n[^\n]*\n\n/.test(text)) resolve()
    })
    child.on('exit', (code) => reject(new Error(`the demo ended with ${code}:\n${text}`)))
  })
  return { child, text, url: /served on (\S+)/.exec(text)[1] }
}

export async function stopDemo(demo) {
  demo.child.kill('SIGTERM')
  if (demo.child.exitCode === null) await once(demo.child, 'exit')
}
