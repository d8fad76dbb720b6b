import { stream as STREAM, streamDamaged } from '@belay/contracts'
import type { StreamInfo } from '@nats-io/jetstream'
import type { Logger } from 'pino'
import type { Connection } from '../connection/connection.ts'

/** As long as events are kept, less what a check may come late: what is younger does not go by itself. */
const KEPT_MS = 6 * 24 * 60 * 60 * 1_000

/** What this process knows of the stream. */
interface Known {
  created: string
  firstSeq: number
  /** Time of the first event. */
  firstTs: string
  /** The highest number that the stream is known to have given. */
  lastSeq: number
  /** Events within its bounds that are not there. */
  missing: number
}

/**
 * Notices when the stream is not what it was: nats-server comes back from damaged files with a stream that begins again,
 * ends earlier or has holes, and says nothing. What is left of it cannot be trusted, so it gives way to a new one, by whose
 * `created` the other processes notice.
 */
export class StreamWatch {
  readonly #connection: Connection
  readonly #log: Logger
  readonly #listeners = new Set<() => void>()
  #known: Known | undefined
  /** `created` of the stream that was last found damaged. */
  #damaged: string | undefined
  #beganEmpty = false

  constructor(connection: Connection, log: Logger) {
    this.#connection = connection
    this.#log = log
  }

  /** Calls the listener when a process announces that it deleted the stream; only for logins that may subscribe to it. */
  onRemoved(listener: () => void): void {
    this.#connection.subscribe(streamDamaged, undefined, listener)
  }

  /** Announces to all processes that the stream was deleted. */
  announceRemoval(): void {
    try {
      this.#connection.client()?.nc.publish(streamDamaged)
    } catch {
      // Without a connection each process looks for itself when it is back.
    }
  }

  /** Names the stream that there is: acknowledgements for another one mean other events now. */
  get incarnation(): string {
    return this.#known?.created ?? ''
  }

  /** Calls the listener whenever another stream has taken the place of the one before, and now if there was reason to. */
  onReplaced(listener: () => void): () => void {
    this.#listeners.add(listener)
    if (this.#beganEmpty) listener()
    return () => this.#listeners.delete(listener)
  }

  /** The stream has given this number to an event. */
  saw(seq: number): void {
    if (this.#known !== undefined && seq > this.#known.lastSeq) this.#known.lastSeq = seq
  }

  /** What the stream is known to hold before it is asked: to be passed to {@link inspect} with its answer. */
  mark(): number {
    return this.#known?.lastSeq ?? 0
  }

  /**
   * Compares the stream as it is with what was known of it when it was asked. Returns whether it is sound; one that is not
   * has to be deleted and made again.
   */
  inspect(info: StreamInfo, lastSeq: number): boolean {
    const before = this.#known
    const now = boundsOf(info)
    if (before === undefined) this.#beganEmpty = info.state.messages === 0
    else if (before.created === now.created) {
      const known = { ...before, lastSeq }
      const fault = faultOf(known, now)
      if (fault !== undefined) this.condemn(fault, { before: known, now })
      now.lastSeq = Math.max(now.lastSeq, before.lastSeq)
    }
    if (this.#damaged === now.created) return false
    this.#known = now
    if (before !== undefined && before.created !== now.created) this.#replaced(before, now)
    return true
  }

  /** The present stream is damaged: logs it once, as an error; the next {@link inspect} returns false. */
  condemn(fault: string, details: object): void {
    const created = this.incarnation
    if (this.#damaged === created) return
    this.#damaged = created
    this.#log.error({ stream: STREAM, ...details }, `the stream is damaged: ${fault}; it is made again and filled`)
  }

  #replaced(before: Known, now: Known): void {
    if (this.#damaged !== before.created) {
      this.#log.error({ stream: STREAM, before, now }, 'the stream is damaged: it is another one; it is filled')
    }
    this.#beganEmpty = true
    for (const listener of [...this.#listeners]) listener()
  }
}

function boundsOf({ created, state }: StreamInfo): Known {
  const { first_seq: firstSeq, first_ts: firstTs, last_seq: lastSeq, messages } = state
  return { created, firstSeq, firstTs, lastSeq, missing: Math.max(0, lastSeq - firstSeq + 1 - messages) }
}

/** In words what cannot have come about by itself. */
function faultOf(before: Known, now: Known): string | undefined {
  if (now.lastSeq < before.lastSeq) return 'it ends before events that it had'
  if (now.missing > before.missing) return 'it has holes'
  // Events go from the front when they are a week old; a day is more than any clock is wrong.
  const wasYoung = Date.now() - Date.parse(before.firstTs) < KEPT_MS
  if (now.firstSeq > before.firstSeq && wasYoung) return 'its beginning is gone'
  return undefined
}
