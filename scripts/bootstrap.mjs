// What `npm start`, `npm test` and the like run first. Plain JavaScript for Node 20 and up, with nothing installed: it
// finds the pinned Node and pnpm, installs what the lockfile says, and runs scripts/<command>.ts with them.
import { readdirSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { install, isInstalled } from './bootstrap/install.mjs'
import { obeySignals, run, stopped } from './bootstrap/processes.mjs'
import { cacheFolder, findNode, findPnpm, major } from './bootstrap/tools.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const [command = '', ...args] = process.argv.slice(2)

try {
  process.exitCode = await main()
} catch (error) {
  if (!stopped())
    process.stderr.write(`belay: ${String(error instanceof Error ? error.message : error).split('\n', 1)[0]}\n`)
  process.exitCode = stopped() ? 0 : 1
}
process.exit()

/** @returns {Promise<number>} the exit code of the command */
async function main() {
  if (major(process.versions.node) < 20) throw new Error(`Node 20 or newer is needed, this is ${process.versions.node}`)
  if (!commands().includes(command)) throw new Error(`usage: node scripts/bootstrap.mjs ${commands().join(' | ')}`)
  obeySignals()
  const node = await findNode()
  let env = environment([dirname(node)])
  // Only installing and the tests' tools need pnpm; a mere start is not to wait until it has been found.
  if (!isInstalled(root) || command === 'test') {
    const pnpm = await findPnpm()
    env = environment([dirname(node), dirname(pnpm)])
    await install(root, pnpm, env)
  }
  return run(node, ['--conditions=@belay/source', join('scripts', `${command}.ts`), ...args], { cwd: root, env })
}

/** @param {string[]} folders to be looked at first for programs */
function environment(folders) {
  return {
    ...process.env,
    PATH: [...folders, process.env.PATH].join(delimiter),
    // Compiled code is kept between starts.
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE || join(cacheFolder(), 'compiled')
  }
}

function commands() {
  return readdirSync(join(root, 'scripts')).flatMap((name) => /^([a-z-]+)\.ts$/.exec(name)?.[1] ?? [])
}
