import { BusUnavailable } from '@belay/bus'
import { isDatabaseUnavailable } from '@belay/db'
import type { Logger } from 'pino'

/** What a process needs and may lose for a while; `services` are others that do not answer over a NATS that is there. */
type Dependency = 'database' | 'nats' | 'services'

interface Outage {
  readonly beganAt: number
  lastFailureAt: number
  failures: number
}

const checkEveryMs = 1_000
/** Without a check of its own a dependency counts as back after so long without a failure. */
const quietMs = 30_000

/**
 * Keeps an outage from filling the log: its first failure is one line without a stack, later ones are only counted, and one
 * line ends it.
 */
export class Outages {
  readonly #open = new Map<Dependency, Outage>()
  #isBack: (dependency: Dependency) => Promise<boolean | undefined> = async () => undefined
  #timer: NodeJS.Timeout | undefined

  /** How to find out whether a dependency is back; undefined for one that cannot be asked. */
  watch(isBack: (dependency: Dependency) => Promise<boolean | undefined>): void {
    this.#isBack = isBack
  }

  /** Whether an error is part of an outage. Then it was logged here, if it is the first. */
  take(error: unknown, logger: Pick<Logger, 'warn' | 'info'>): boolean {
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
    logger.warn(
      { dependency, reason: error instanceof Error ? error.message : undefined },
      'a dependency is unavailable'
    )
    this.#timer ??= setInterval(() => void this.#check(logger), checkEveryMs)
    this.#timer.unref()
    return true
  }

  async #check(logger: Pick<Logger, 'info'>): Promise<void> {
    for (const [dependency, outage] of [...this.#open]) {
      const isBack = (await this.#isBack(dependency)) ?? performance.now() - outage.lastFailureAt > quietMs
      if (!isBack || this.#open.get(dependency) !== outage) continue
      this.#open.delete(dependency)
      const details = { dependency, ms: Math.round(performance.now() - outage.beganAt), failures: outage.failures }
      logger.info(details, 'a dependency is available again')
    }
    if (this.#open.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}

function dependencyOf(error: unknown): Dependency | undefined {
  if (isDatabaseUnavailable(error)) return 'database'
  if (!(error instanceof BusUnavailable)) return undefined
  return error.message.startsWith('no answer from') ? 'services' : 'nats'
}

const ofLoggers = new WeakMap<Logger, Outages>()

/** The outages that a logger of `createLogger` keeps. */
export function outagesOf(logger: Logger): Outages | undefined {
  return ofLoggers.get(logger)
}

export function keepOutages(logger: Logger, outages: Outages): void {
  ofLoggers.set(logger, outages)
}
