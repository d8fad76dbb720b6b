import { type DatabaseService, databaseServices } from '@belay/contracts'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Every process of the system, the public door last. */
export const serviceNames = [...databaseServices, 'realtime-gateway', 'gateway'] as const

/** The folder names under `services/`. */
export type ServiceName = (typeof serviceNames)[number]

/** Whether the service has a schema and a role of its own. */
export function hasDatabase(name: ServiceName): name is DatabaseService {
  return databaseServices.some((service) => service === name)
}

/** The workspace's root folder. */
export const workspaceFolder = fileURLToPath(new URL('../../..', import.meta.url))

/** Where downloads and compiled code are kept between runs: this user's own cache folder. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.BELAY_CACHE_DIR) return env.BELAY_CACHE_DIR
  if (env.XDG_CACHE_HOME) return join(env.XDG_CACHE_HOME, 'belay')
  return process.platform === 'darwin'
    ? join(homedir(), 'Library', 'Caches', 'belay')
    : join(homedir(), '.cache', 'belay')
}

/** A cache folder that every user may read and only root may write, for programs that root starts as another user. */
export function sharedCacheFolder(): string {
  return process.platform === 'darwin' ? '/Library/Caches/belay' : '/var/cache/belay'
}
