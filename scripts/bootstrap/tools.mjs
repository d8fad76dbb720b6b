import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { capture } from './processes.mjs'

/** The versions that the workspace is written for. */
const pinned = { node: 24, pnpm: 12 }

/** @typedef {{ node: string, pnpm: string }} Tools where the programs are */

/** The machine's Node when it is new enough, else the pinned one from npm. */
export async function findNode() {
  return major(process.versions.node) >= pinned.node ? process.execPath : (await npmTools()).node
}

/** The machine's pnpm when it is new enough, else the pinned one from npm. */
export async function findPnpm() {
  const installed = (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'pnpm'))
    .find(existsSync)
  if (installed === undefined) return (await npmTools()).pnpm
  const version = await capture(installed, ['--version']).catch(() => '')
  return major(version) >= pinned.pnpm ? installed : (await npmTools()).pnpm
}

/** Where downloads are kept: this user's own cache folder. */
export function cacheFolder() {
  const { BELAY_CACHE_DIR, XDG_CACHE_HOME } = process.env
  const usual = process.platform === 'darwin' ? join(homedir(), 'Library', 'Caches') : join(homedir(), '.cache')
  return BELAY_CACHE_DIR || join(XDG_CACHE_HOME || usual, 'belay')
}

/**
 * The first number of a version.
 * @param {string} version
 */
export function major(version) {
  return Number(/^v?(\d+)\./.exec(version)?.[1] ?? 0)
}

/** Asks npm once and remembers where it put them. */
async function npmTools() {
  const file = join(cacheFolder(), `tools-${process.platform}-${process.arch}-node${pinned.node}-pnpm${pinned.pnpm}`)
  const known = remembered(file)
  if (known) return known
  process.stderr.write(`belay: fetching Node ${pinned.node} and pnpm ${pinned.pnpm} with npm\n`)
  const tools = await askNpm()
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(`${file}.${process.pid}`, `${tools.node}\n${tools.pnpm}\n`)
    renameSync(`${file}.${process.pid}`, file)
  } catch {
    // Nowhere to remember it: the next start asks again.
  }
  return tools
}

/**
 * @param {string} file
 * @returns {Tools | undefined}
 */
function remembered(file) {
  if (!existsSync(file)) return undefined
  const [node = '', pnpm = ''] = readFileSync(file, 'utf8').split('\n')
  // npm may have emptied its cache since.
  return existsSync(node) && existsSync(pnpm) ? { node, pnpm } : undefined
}

/** @returns {Promise<Tools>} */
async function askNpm() {
  const wanted = `Node ${pinned.node} and pnpm ${pinned.pnpm}`
  const packages = [`--package=node@${pinned.node}`, `--package=pnpm@${pinned.pnpm}`]
  const args = ['exec', '--yes', ...packages, '--call', 'node -p process.execPath && command -v pnpm']
  // npm names its own program in the environment; it need not be on PATH.
  const { npm_execpath: npm } = process.env
  const [program, ...before] = npm?.endsWith('npm-cli.js') ? [process.execPath, npm] : ['npm']
  const answer = await capture(program, [...before, ...args]).catch((error) => {
    throw new Error(`npm cannot fetch ${wanted}: ${error instanceof Error ? error.message : error}`, { cause: error })
  })
  const [node = '', pnpm = ''] = answer.trim().split('\n').slice(-2)
  if (!existsSync(node) || !existsSync(pnpm))
    throw new Error(`npm cannot fetch ${wanted}: it answered "${answer.trim()}"`)
  return { node, pnpm }
}
