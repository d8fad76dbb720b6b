import { execFileSync, spawnSync } from 'node:child_process'
import { accessSync, constants, copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { cacheFolder } from './cache-folder.ts'
import { LaunchError } from './launch-error.ts'
import { downloadRelease, releaseVersion } from './nats-release.ts'

/**
 * The path of a nats-server: the one on PATH, else one kept from an earlier run, else Debian's or Ubuntu's package
 * unpacked without root, else the official release of a pinned version. Throws a {@link LaunchError} if none works.
 */
export async function natsBinary(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const installed = onPath('nats-server', env) ?? onPath('nats-server', { PATH: '/usr/sbin:/usr/local/sbin:/opt/homebrew/bin' })
  if (installed !== undefined && works(installed)) return installed
  const kept = join(cacheFolder(env), 'nats', `${process.platform}-${process.arch}`, 'nats-server')
  if (existsSync(kept) && works(kept)) return kept
  const temporary = mkdtempSync(join(tmpdir(), 'belay-nats-'))
  try {
    const fetched = fromAptPackage(temporary, env) ?? (await fromRelease(temporary))
    keep(fetched, kept)
    return kept
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

async function fromRelease(folder: string): Promise<string> {
  try {
    return await downloadRelease(folder)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new LaunchError(`nats-server is missing: not on PATH, no apt package, and release ${releaseVersion} cannot be fetched (${why}); install it or set NATS_URL`)
  }
}

function onPath(name: string, env: NodeJS.ProcessEnv): string | undefined {
  for (const folder of (env.PATH ?? '').split(delimiter)) {
    const path = join(folder || '.', name)
    try {
      accessSync(path, constants.X_OK)
      return path
    } catch {
      // Not in this folder.
    }
  }
  return undefined
}

/** It runs on this machine and knows what we need of JetStream: 2.9 or newer. */
function works(binary: string): boolean {
  const answer = spawnSync(binary, ['--version'], { encoding: 'utf8', timeout: 10_000 })
  const [, major, minor] = /v(\d+)\.(\d+)\./.exec(answer.stdout ?? '') ?? []
  return Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 9)
}

/** Debian and Ubuntu: `apt-get download` needs no root, and a package unpacks into any folder. */
function fromAptPackage(folder: string, env: NodeJS.ProcessEnv): string | undefined {
  if (!onPath('apt-get', env) || !onPath('dpkg-deb', env)) return undefined
  try {
    execFileSync('apt-get', ['download', '-qq', '-o', 'APT::Sandbox::User=', 'nats-server'], { cwd: folder, stdio: 'ignore', timeout: 120_000 })
    const [file] = readdirSync(folder).filter((name) => name.endsWith('.deb'))
    if (file === undefined) return undefined
    const unpacked = join(folder, 'unpacked')
    execFileSync('dpkg-deb', ['-x', join(folder, file), unpacked], { stdio: 'ignore' })
    return ['usr/sbin', 'usr/bin'].map((place) => join(unpacked, place, 'nats-server')).find((path) => existsSync(path) && works(path))
  } catch {
    return undefined
  }
}

function keep(binary: string, place: string): void {
  mkdirSync(dirname(place), { recursive: true })
  // Moved into place whole: another start must never see half a program.
  const temporary = `${place}.${process.pid}`
  copyFileSync(binary, temporary)
  renameSync(temporary, place)
}
