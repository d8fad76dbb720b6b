import { homedir } from 'node:os'
import { join } from 'node:path'

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
