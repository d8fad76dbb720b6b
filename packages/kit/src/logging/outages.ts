import { BusDisconnected, BusUnavailable, RemoteError } from '@belay/bus'
import { isDatabaseUnavailable } from '@belay/db'
import type { Logger } from 'pino'
import { isAppError } from '../errors/app-error.ts'

/**
 * A dependency that a process may lose for a while: `database`, `nats`, `services` (others that do not respond although
 * NATS is available), or the code of an application error with status 503.
 */
type Dependency = string

interface Outage {
  readonly beganAt: number
  lastFailureAt: number
  failures: number
}

const checkEveryMs = 1_000
/** A dependency without a check counts as recovered after this long without a failure. */
const quietMs = 30_000

/**
 * Keeps an outage from filling the log: its first failure is one line without a stack, later ones are counted and logged
 * at `debug`, and one line marks its end.
 */
export class Outages {
  readonly #open = new Map<Dependency, Outage>()
  #isBack: (dependency: Dependency) => Promise<boolean | undefined> = async () => undefined
  #timer: NodeJS.Timeout | undefined
  #processLog: Pick<Logger, 'info'> | undefined

  /** Where the end of an outage is logged. */
  logTo(logger: Pick<Logger, 'info'>): void {
    this.#processLog = logger
  }

  /** Returns whether a dependency has recovered; undefined for one that cannot be checked. */
  watch(isBack: (dependency: Dependency) => Promise<boolean | undefined>): void {
    this.#isBack = isBack
  }

  /** Returns whether an error is part of an outage. The first one of an outage is logged here. */
  take(error: unknown, logger: Pick<Logger, 'warn'>): boolean {
    const dependency = dependencyOf(error)
    if (dependency === undefined) return false
    const now = performance.now()
    const outage = this.#open.get(dependency)
    if (outage !== undefined) {
      outage.lastFailureAt = now
      outage.failures += 1
      return true
    }
    this.#open.set(dependency, { beganAt: now, lastFailureAt: now, failures: 1 })
    logger.warn({ dependency, ...reasonOf(error) }, 'a dependency is unavailable')
    this.#timer ??= setInterval(() => void this.#check(), checkEveryMs)
    this.#timer.unref()
    return true
  }

  async #check(): Promise<void> {
    for (const [dependency, outage] of [...this.#open]) {
      const isBack = (await this.#isBack(dependency)) ?? performance.now() - outage.lastFailureAt > quietMs
      if (!isBack || this.#open.get(dependency) !== outage) continue
      this.#open.delete(dependency)
      const details = { dependency, ms: Math.round(performance.now() - outage.beganAt), failures: outage.failures }
      this.#processLog?.info(details, 'a dependency is available again')
    }
    if (this.#open.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}

function dependencyOf(error: unknown): Dependency | undefined {
  if (error instanceof BusDisconnected) return 'nats'
  if (error instanceof BusUnavailable) return 'services'
  if (error instanceof RemoteError) return error.statusCode === 503 ? 'services' : undefined
  if (isAppError(error)) return error.statusCode === 503 ? error.code : undefined
  return isDatabaseUnavailable(error) ? 'database' : undefined
}

function reasonOf(error: unknown): { reason?: string; code?: unknown } {
  if (!(error instanceof Error)) return {}
  return { reason: error.message, ...('code' in error && { code: error.code }) }
}

const ofLoggers = new WeakMap<Logger, Outages>()

/** The outages that a logger of `createLogger` keeps. */
export function outagesOf(logger: Logger): Outages | undefined {
  return ofLoggers.get(logger)
}

export function keepOutages(logger: Logger, outages: Outages): void {
  ofLoggers.set(logger, outages)
  outages.logTo(logger)
}
