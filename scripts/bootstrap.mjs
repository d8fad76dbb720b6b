// What `npm start`, `npm test` and the like run first. Plain JavaScript for Node 20 and up, with nothing installed: it
// finds the pinned Node and pnpm, installs what the lockfile says, and runs scripts/<command>.ts with them.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const pinned = { node: 24, pnpm: 12 }
const root = dirname(dirname(fileURLToPath(import.meta.url)))
const cache = process.env.BELAY_CACHE_DIR || join(process.env.XDG_CACHE_HOME || userCache(), 'belay')
const [command = '', ...args] = process.argv.slice(2)

let running
let stopping = false

try {
  if (major(process.versions.node) < 20) fail(`Node 20 or newer is needed, this is ${process.versions.node}`)
  if (!/^[a-z-]+$/.test(command) || !existsSync(join(root, 'scripts', `${command}.ts`)))
    fail(`usage: npm start | ${commands()}`)
  obeySignals()
  const stale = staleStamp()
  const tools = await findTools()
  if (stale) await installOnce(tools)
  process.exitCode = await run(
    tools.node,
    ['--conditions=@belay/source', join('scripts', `${command}.ts`), ...args],
    environment(tools)
  )
} catch (error) {
  if (!stopping) process.stderr.write(`belay: ${String(error.message).split('\n', 1)[0]}\n`)
  process.exitCode = stopping ? 0 : 1
}
process.exit()

/** The programs to work with: the machine's own where they are new enough, else npm's, whose paths are remembered. */
async function findTools() {
  const found = {
    node: major(process.versions.node) >= pinned.node ? process.execPath : undefined,
    pnpm: await machinePnpm()
  }
  if (found.node && found.pnpm) return found
  const file = join(cache, `tools-${process.platform}-${process.arch}-node${pinned.node}-pnpm${pinned.pnpm}.json`)
  const fetched = remembered(file) ?? (await fetchTools(file))
  return { node: found.node ?? fetched.node, pnpm: found.pnpm ?? fetched.pnpm }
}

async function machinePnpm() {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, 'pnpm')
    if (folder === '' || !existsSync(path)) continue
    const version = await capture(path, ['--version'], { ...process.env, COREPACK_ENABLE_DOWNLOAD_PROMPT: '0' }).catch(
      () => ''
    )
    return major(version) >= pinned.pnpm ? path : undefined
  }
  return undefined
}

function remembered(file) {
  try {
    const tools = JSON.parse(readFileSync(file, 'utf8'))
    return existsSync(tools.node) && existsSync(tools.pnpm) ? tools : undefined
  } catch {
    return undefined
  }
}

async function fetchTools(file) {
  say(`fetching Node ${pinned.node} and pnpm ${pinned.pnpm} with npm`)
  const ask = `node -p process.execPath && command -v pnpm`
  const npmArgs = ['exec', '--yes', `--package=node@${pinned.node}`, `--package=pnpm@${pinned.pnpm}`, '--call', ask]
  // Run by npm, we are told which npm that is; it need not be on PATH.
  const npm = process.env.npm_execpath?.endsWith('.js') ? [process.execPath, process.env.npm_execpath] : ['npm']
  const answer = await capture(npm[0], [...npm.slice(1), ...npmArgs], process.env).catch((error) => {
    throw new Error(`npm cannot fetch Node ${pinned.node} and pnpm ${pinned.pnpm}: ${error.message}`)
  })
  const [node, pnpm] = answer.trim().split('\n').slice(-2)
  if (!existsSync(node ?? '') || !existsSync(pnpm ?? ''))
    throw new Error(`npm fetched no Node ${pinned.node} and pnpm ${pinned.pnpm}`)
  writeWhole(file, JSON.stringify({ node, pnpm }))
  return { node, pnpm }
}

/** Installs, unless another start on this checkout does so at this moment: then waits for it. */
async function installOnce(tools) {
  const lock = join(tmpdir(), `belay-install-${createHash('sha256').update(root).digest('hex').slice(0, 16)}.lock`)
  while (!takeLock(lock)) await new Promise((resolve) => setTimeout(resolve, 200))
  try {
    const stamp = staleStamp()
    if (!stamp) return
    say('installing')
    const code = await run(
      tools.pnpm,
      ['install', '--frozen-lockfile', '--config.confirmModulesPurge=false'],
      environment(tools)
    )
    if (code !== 0) throw new Error('pnpm install failed')
    writeFileSync(stampFile(), stamp)
  } finally {
    rmSync(lock, { force: true })
  }
}

function takeLock(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
  }
  try {
    process.kill(Number(readFileSync(lock, 'utf8')), 0)
  } catch (error) {
    if (error.code === 'ESRCH') rmSync(lock, { force: true })
  }
  return false
}

/** Undefined when what is installed is what the lockfile says; else what to write down after installing. */
function staleStamp() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`)
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml']) hash.update(readFileSync(join(root, file)))
  const stamp = hash.digest('hex')
  return existsSync(stampFile()) && readFileSync(stampFile(), 'utf8') === stamp ? undefined : stamp
}

function stampFile() {
  return join(root, 'node_modules', '.belay-installed')
}

function environment(tools) {
  const folders = [dirname(tools.node), dirname(tools.pnpm), process.env.PATH]
  return {
    ...process.env,
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE || join(cache, 'compiled'),
    PATH: folders.join(delimiter)
  }
}

/** Runs a program in our place; resolves with its exit code. */
function run(program, programArgs, env) {
  return start(program, programArgs, { cwd: root, env, stdio: 'inherit' })
}

async function capture(program, programArgs, env) {
  let output = ''
  const code = await start(
    program,
    programArgs,
    { cwd: tmpdir(), env, stdio: ['ignore', 'pipe', 'inherit'] },
    (text) => (output += text)
  )
  if (code !== 0) throw new Error(`it ended with code ${code}`)
  return output
}

function start(program, programArgs, options, onOutput) {
  if (stopping) throw new Error('stopped')
  return new Promise((resolve, reject) => {
    running = spawn(program, programArgs, options)
    running.stdout?.setEncoding('utf8').on('data', onOutput)
    running.once('error', (error) => reject(error.code === 'ENOENT' ? new Error(`${program} is missing`) : error))
    running.once('close', (code, signal) => (stopping && signal ? resolve(0) : resolve(code ?? 1)))
  })
}

/** Passes on what asks us to stop, also when npm or the shell between us is killed without a word. */
function obeySignals() {
  const stop = (signal) => {
    stopping = true
    running?.kill(signal)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop)
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    stop('SIGTERM')
  }, 250)
  timer.unref()
}

function writeWhole(file, text) {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(`${file}.${process.pid}`, text)
  renameSync(`${file}.${process.pid}`, file)
}

function userCache() {
  return process.platform === 'darwin' ? join(homedir(), 'Library', 'Caches') : join(homedir(), '.cache')
}

function commands() {
  const names = readdirSync(join(root, 'scripts')).flatMap((name) => /^([a-z-]+)\.ts$/.exec(name)?.[1] ?? [])
  return names
    .filter((name) => name !== 'start')
    .map((name) => (name === 'test' ? 'npm test' : `npm run ${name}`))
    .join(' | ')
}

function major(version) {
  return Number(/^v?(\d+)\./.exec(version)?.[1] ?? 0)
}

function say(text) {
  process.stderr.write(`belay: ${text}\n`)
}

function fail(why) {
  throw new Error(why)
}
