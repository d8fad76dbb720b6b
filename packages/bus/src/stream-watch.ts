import { stream as STREAM, streamDamaged } from '@belay/contracts'
import type { StreamInfo } from '@nats-io/jetstream'
import type { Logger } from 'pino'
import type { Connection } from './connection.ts'

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
 * ends earlier or has holes, and says nothing. Each incident is reported once, and to the other processes, whose view of
 * it may hide it: a stream that ended at 9 again and has 20 by now looks sound to a consumer that stands at 17.
 */
export class StreamWatch {
  readonly #connection: Connection
  readonly #log: Logger
  readonly #listeners = new Set<() => void>()
  #known: Known | undefined
  #incidents = 0
  #emptyAtFirst = false

  constructor(connection: Connection, log: Logger) {
    this.#connection = connection
    this.#log = log
  }

  /** Hears of incidents that other processes notice first; only for those whose login may. */
  listen(): void {
    this.#connection.subscribe(streamDamaged, undefined, () => this.#react())
  }

  /** Names the stream that there is since the last incident: acknowledgements for another one mean other events now. */
  get incarnation(): string {
    return `${this.#known?.created ?? ''}/${this.#incidents}`
  }

  /** Calls the listener after each incident, and now if the stream was found empty. */
  onDamage(listener: () => void): () => void {
    this.#listeners.add(listener)
    if (this.#emptyAtFirst) listener()
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

  /** Compares the stream as it is with what was known of it when it was asked. */
  inspect(info: StreamInfo, lastSeq: number): void {
    const before = this.#known && { ...this.#known, lastSeq }
    const now = boundsOf(info)
    const fault = before && faultOf(before, now)
    if (before === undefined) this.#emptyAtFirst = info.state.messages === 0
    if (fault === undefined) now.lastSeq = Math.max(now.lastSeq, this.mark())
    this.#known = now
    if (fault !== undefined) this.report(fault, { before, now })
  }

  /** Something does not fit: says so loudly, and lets everybody begin again. */
  report(fault: string, details: object): void {
    this.#log.error(
      { stream: STREAM, ...details },
      `the stream is damaged: ${fault}; consumers begin again and it is filled`
    )
    this.#react()
    try {
      this.#connection.client()?.nc.publish(streamDamaged)
    } catch {
      // Without a connection everybody looks for themselves when it is back.
    }
  }

  #react(): void {
    this.#incidents += 1
    for (const listener of [...this.#listeners]) listener()
  }
}

function boundsOf({ created, state }: StreamInfo): Known {
  const { first_seq: firstSeq, first_ts: firstTs, last_seq: lastSeq, messages } = state
  return { created, firstSeq, firstTs, lastSeq, missing: Math.max(0, lastSeq - firstSeq + 1 - messages) }
}

/** In words what cannot have come about by itself. */
function faultOf(before: Known, now: Known): string | undefined {
  if (now.created !== before.created) return 'it is another one'
  if (now.lastSeq < before.lastSeq) return 'it ends before events that it had'
  if (now.missing > before.missing) return 'it has holes'
  // Events go from the front when they are a week old; a day is more than any clock is wrong.
  const wasYoung = Date.now() - Date.parse(before.firstTs) < KEPT_MS
  if (now.firstSeq > before.firstSeq && wasYoung) return 'its beginning is gone'
  return undefined
}
