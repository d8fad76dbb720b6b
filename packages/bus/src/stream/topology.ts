import { setTimeout as sleep } from 'node:timers/promises'
import {
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
  type StreamInfo
} from '@nats-io/jetstream'
import { databaseServices, stream as STREAM } from '@belay/contracts'
import { nanos } from '@nats-io/nats-core'
import type { Logger } from 'pino'
import type { Connection } from '../connection/connection.ts'
import type { Client } from '../connection/dial.ts'
import { BusDisconnected } from '../errors.ts'
import type { StreamWatch } from './stream-watch.ts'

const DAY_MS = 24 * 60 * 60 * 1_000
const STREAM_NAME_IN_USE = 10_058

type OwnConfig = Pick<StreamConfig, 'subjects' | 'max_age' | 'duplicate_window' | 'num_replicas'>

/** Keeps the stream in place: made when missing (a moment after it was lost) or damaged, updated when an older release made it. */
export class Topology {
  readonly #wanted: OwnConfig
  readonly #replicasGiven: boolean
  readonly #updates: boolean
  readonly #removalGraceMs: number
  readonly #log: Logger
  readonly #watch: StreamWatch
  #running: Promise<StreamInfo> | undefined
  #wasThere = false
  #checked = false
  #timer: NodeJS.Timeout | undefined

  constructor(options: {
    streamReplicas: number | undefined
    /** Whether to change the settings of a stream that is there. */
    updates: boolean
    removalGraceMs: number
    log: Logger
    watch: StreamWatch
  }) {
    this.#removalGraceMs = options.removalGraceMs
    this.#log = options.log
    this.#watch = options.watch
    this.#updates = options.updates
    this.#replicasGiven = options.streamReplicas !== undefined
    this.#wanted = {
      subjects: databaseServices.map((source) => `belay.evt.${source}.>`),
      max_age: nanos(7 * DAY_MS),
      duplicate_window: nanos(10 * 60 * 1_000),
      num_replicas: options.streamReplicas ?? 1
    }
  }

  /** Resolves once the stream stands; concurrent callers share one check. Rejects when JetStream does not answer. */
  ensure(client: Client): Promise<StreamInfo> {
    this.#running ??= this.#ensure(client)
      .then((info) => {
        this.#wasThere = true
        this.#checked = true
        return info
      })
      .finally(() => {
        this.#running = undefined
      })
    return this.#running
  }

  /** Whether the stream was looked at since the connection came up. */
  get isChecked(): boolean {
    return this.#checked
  }

  /** Ensures the stream after every connect, as often as it takes, and from time to time. Resolves after the first attempt. */
  async watch(connection: Connection, waits: { retryMs: number; checkMs: number }): Promise<void> {
    const retryWaitMs = waits.retryMs
    connection.onDown(() => (this.#checked = false))
    const look = (): void => {
      const client = connection.client()
      if (client !== undefined) this.ensure(client).catch(() => undefined)
    }
    this.#watch.onRemoved(look)
    this.#timer = setInterval(look, waits.checkMs)
    this.#timer.unref()
    connection.onUp((client) => void this.#ensureWhileUp(connection, client, retryWaitMs))
    const client = connection.client()
    if (client === undefined) return
    await this.ensure(client).catch(() => void this.#ensureWhileUp(connection, client, retryWaitMs))
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  async #ensureWhileUp(connection: Connection, client: Client, retryWaitMs: number): Promise<void> {
    while (connection.client() === client) {
      try {
        await this.ensure(client)
        return
      } catch (error) {
        const err = connection.client() === client ? error : new BusDisconnected({ cause: error })
        this.#log.warn({ err, stream: STREAM }, 'stream cannot be checked yet')
      }
      // JetStream may still be reading its folder, or a cluster may be without a leader.
      await sleep(retryWaitMs, undefined, { ref: false })
    }
  }

  async #ensure({ jsm }: Client): Promise<StreamInfo> {
    const mark = this.#watch.mark()
    const found = await jsm.streams.info(STREAM).catch(unlessNotFound)
    const isSound = found !== undefined && this.#watch.inspect(found, mark)
    if (found !== undefined && !isSound) await this.#remove(jsm)
    if (found === undefined || !isSound) {
      if (this.#wasThere) await sleep(this.#removalGraceMs)
      const made = await this.#create(jsm)
      this.#watch.inspect(made, mark)
      return made
    }
    if (!this.#updates || this.#matches(found.config)) return found
    const { num_replicas: replicas, ...rest } = this.#wanted
    const updated = await jsm.streams.update(STREAM, this.#replicasGiven ? { ...rest, num_replicas: replicas } : rest)
    this.#log.info({ stream: STREAM }, 'stream brought up to date')
    return updated
  }

  /**
   * Several processes may notice damage together: all delete the same stream, since each has looked just before, and no
   * new one is made for a while after. One that was frozen in between deletes the new one, which is then noticed as a loss.
   */
  async #remove(jsm: JetStreamManager): Promise<void> {
    await jsm.streams.delete(STREAM).catch(unlessNotFound)
    this.#watch.announceRemoval()
    this.#log.warn({ stream: STREAM }, 'damaged stream deleted')
  }

  async #create(jsm: JetStreamManager): Promise<StreamInfo> {
    try {
      const created = await jsm.streams.add({
        ...this.#wanted,
        name: STREAM,
        storage: StorageType.File,
        retention: RetentionPolicy.Limits,
        discard: DiscardPolicy.Old
      })
      this.#log.info({ stream: STREAM }, 'stream created')
      return created
    } catch (error) {
      // A process of another release made it a moment ago; the next check brings it up to date.
      if (isApiError(error, STREAM_NAME_IN_USE)) return jsm.streams.info(STREAM)
      throw error
    }
  }

  #matches(config: StreamConfig): boolean {
    const subjects = (list: string[]): string => list.toSorted().join()
    return (
      subjects(config.subjects) === subjects(this.#wanted.subjects) &&
      config.max_age === this.#wanted.max_age &&
      config.duplicate_window === this.#wanted.duplicate_window &&
      (!this.#replicasGiven || config.num_replicas === this.#wanted.num_replicas)
    )
  }
}

function unlessNotFound(error: unknown): undefined {
  if (isApiError(error, JetStreamApiCodes.StreamNotFound)) return undefined
  throw error
}

/** Whether JetStream answered with this code. */
function isApiError(error: unknown, code: number): boolean {
  return error instanceof JetStreamApiError && error.code === code
}
