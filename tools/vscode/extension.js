// Starts `tenon lsp` and leaves everything else to it.

const { isAbsolute, join } = require('node:path')
const vscode = require('vscode')
const { LanguageClient, TransportKind } = require('vscode-languageclient/node')

/** @type {LanguageClient | undefined} */
let client

/** The binary of the settings; a path with a slash may be relative to the workspace. */
function binary() {
  const path = vscode.workspace.getConfiguration('tenon').get('path', 'tenon')
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath
  return path.includes('/') && !isAbsolute(path) && folder ? join(folder, path) : path
}

async function start() {
  client = new LanguageClient(
    'tenon',
    'Tenon',
    { command: binary(), args: ['lsp'], transport: TransportKind.stdio },
    { documentSelector: [{ language: 'tenon' }] },
  )
  await client.start()
}

async function restart() {
  await client?.stop()
  await start()
}

/** @param {vscode.ExtensionContext} context */
exports.activate = async (context) => {
  context.subscriptions.push(
    vscode.commands.registerCommand('tenon.restart', restart),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('tenon.path')) restart()
    }),
  )
  await start()
}

exports.deactivate = () => client?.stop()
