// Certificates for servers under test, made by OpenSSL's command.

import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const exec = promisify(execFile)

/** Writes <name>.pem and <name>.key, for localhost, signed by its own key, and
 * returns the certificate's text. */
export async function writeCertificate(folder, name = 'server') {
  await exec('openssl', [
    'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
    '-keyout', join(folder, `${name}.key`), '-out', join(folder, `${name}.pem`),
    '-days', '30', '-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1',
  ])
  return readFile(join(folder, `${name}.pem`), 'utf8')
}

/** The settings that make a server show it. */
export function tlsSettings(folder, name = 'server') {
  return ['--tls-certificate', join(folder, `${name}.pem`), '--tls-key', join(folder, `${name}.key`)]
}
