import { uniqueToken } from './connection/reply-box.ts'
import { Listeners } from './live/listeners.ts'
import type { HereAnswer } from './questions/answers.ts'

/**
 * What the buses of one process share: questions and live signals between its services take no way through NATS. What
 * they hand to each other is not copied, so neither side may change it afterwards.
 */
export class BusNeighbours {
  /** Names the process in the live signals that it publishes. */
  readonly process = uniqueToken()
  /** Whether no other process runs a service: live signals then stay in this one. */
  readonly only: boolean
  /** The questions that are answered in this process, by subject. */
  readonly answers = new Map<string, HereAnswer>()
  /** Who listens to live signals in this process. */
  readonly listeners = new Listeners()

  constructor(options: { only?: boolean } = {}) {
    this.only = options.only ?? false
  }
}
