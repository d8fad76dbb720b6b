import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { run } from './processes.mjs'

/**
 * Whether what is installed is what the lockfile says.
 * @param {string} root
 */
export function isInstalled(root) {
  const file = stampFile(root)
  return existsSync(file) && readFileSync(file, 'utf8') === stampOf(root)
}

/**
 * Installs what the lockfile says, unless that is there already. Of several starts on the same checkout one installs
 * and the others wait for it.
 * @param {string} root
 * @param {string} pnpm
 * @param {NodeJS.ProcessEnv} env
 */
export async function install(root, pnpm, env) {
  if (isInstalled(root)) return
  const lock = join(tmpdir(), `belay-install-${createHash('sha256').update(root).digest('hex').slice(0, 16)}.lock`)
  while (!takeLock(lock)) await wait(200)
  try {
    if (isInstalled(root)) return
    process.stderr.write('belay: installing\n')
    const args = ['install', '--frozen-lockfile', '--config.confirmModulesPurge=false']
    const code = await run(pnpm, args, { cwd: root, env })
    if (code !== 0) throw new Error('pnpm install failed')
    writeFileSync(stampFile(root), stampOf(root))
  } finally {
    rmSync(lock, { force: true })
  }
}

/** @param {string} root */
function stampOf(root) {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`)
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml']) hash.update(readFileSync(join(root, file)))
  return hash.digest('hex')
}

/** @param {string} root */
function stampFile(root) {
  return join(root, 'node_modules', '.belay-installed')
}

/** @param {string} lock */
function takeLock(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  }
  try {
    process.kill(Number(readFileSync(lock, 'utf8')), 0)
  } catch (error) {
    // Its owner is gone.
    if (hasCode(error, 'ESRCH')) rmSync(lock, { force: true })
  }
  return false
}

/**
 * @param {unknown} error
 * @param {string} code
 */
function hasCode(error, code) {
  return error instanceof Error && 'code' in error && error.code === code
}
