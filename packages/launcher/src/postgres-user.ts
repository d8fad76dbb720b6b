import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { LaunchError } from './launch-error.ts'

/** The user to run Postgres as. */
export interface SystemUser {
  uid: number
  gid: number
}

/**
 * Postgres refuses to run as root. For root this is the user who already owns the cluster, else `postgres` or
 * `nobody`; no user is ever created. Undefined for everybody else: Postgres then runs as the caller.
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
