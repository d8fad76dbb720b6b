import { setTimeout as sleep } from 'node:timers/promises'
import type { EventDefinition } from '@belay/contracts'
import {
  AckPolicy,
  type Consumer,
  type ConsumerConfig,
  type ConsumerMessages,
  DeliverPolicy,
  ReplayPolicy
} from '@nats-io/jetstream'
import { nanos } from '@nats-io/nats-core'
import { BatchWorker, type WorkerParts } from './batch-worker.ts'
import type { Connection } from './connection.ts'
import { type Delivery, Settlements } from './delivery.ts'
import { DeliveryQueue } from './delivery-queue.ts'
import type { Client } from './dial.ts'
import { STREAM, type Topology } from './topology.ts'
import type { ConsumeOptions, Consumption } from './types.ts'

const DEFAULT_BATCH_MAX = 100
/** A pull stays open so long when nothing comes. */
const PULL_EXPIRES_MS = 30_000
/** How often the server shows that it still knows of an idle pull; after two misses the consumer counts as lost. */
const HEARTBEAT_MS = 5_000
const MAX_REBIND_WAIT_MS = 5_000

export interface ConsumptionParts extends Omit<WorkerParts, 'settlements'> {
  connection: Connection
  topology: Topology
}

/** A consumer on the server as long as nothing has come between. */
interface Session {
  readonly consumer: Consumer
  readonly created: string
  pull: ConsumerMessages | undefined
}

/**
 * A durable pull consumer that is bound anew after every loss: of the connection, the consumer or the stream.
 *
 * Two loops: the binder keeps a session with the server open and reads from it into a bounded queue; the worker takes
 * what has gathered there, batch after batch, whether or not the server is there just now. At most a full queue and one
 * pull are held by a process, so a slow replica leaves the rest to the others.
 */
export class DurableConsumption<Definition extends EventDefinition> implements Consumption {
  readonly #parts: ConsumptionParts
  readonly #options: ConsumeOptions<Definition>
  readonly #stopping = new AbortController()
  readonly #settlements = new Settlements()
  readonly #queue: DeliveryQueue<Delivery>
  readonly #batchMax: number
  readonly #firstAttempt = Promise.withResolvers<void>()
  #session: Session | undefined
  #finished: Promise<unknown> = Promise.resolve()

  constructor(parts: ConsumptionParts, options: ConsumeOptions<Definition>) {
    this.#parts = { ...parts, log: parts.log.child({ durable: options.durable }) }
    this.#options = options
    this.#batchMax = options.batchMax ?? DEFAULT_BATCH_MAX
    this.#queue = new DeliveryQueue(this.#batchMax)
  }

  /** Resolves after the first attempt to bind, whichever way it went; the work goes on from there. */
  async start(): Promise<void> {
    const { connection } = this.#parts
    const forget = connection.onDown(() => this.#endSession())
    this.#finished = Promise.all([this.#bindForEver(), this.#workForEver()]).finally(forget)
    if (connection.client() !== undefined) await this.#firstAttempt.promise
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    // The settlements stay bound: the batch in hand is still to be acknowledged.
    this.#session?.pull?.stop()
    for (const delivery of this.#queue.close()) this.#giveBack(delivery)
    await this.#finished
  }

  async #bindForEver(): Promise<void> {
    const { connection, log, tuning } = this.#parts
    const { signal } = this.#stopping
    for (let failures = 0; !signal.aborted; failures += 1) {
      const client = await connection.whenUp(signal)
      if (client === undefined) break
      try {
        await this.#read(await this.#bind(client))
        failures = 0
      } catch (error) {
        if (!signal.aborted) log.warn({ err: error }, 'durable consumer lost, binding again')
      }
      this.#firstAttempt.resolve()
      if (signal.aborted) break
      this.#endSession()
      const wait = Math.min(MAX_REBIND_WAIT_MS, tuning.rebindWaitMs * 2 ** failures)
      await sleep(wait, undefined, { signal }).catch(() => undefined)
    }
    this.#firstAttempt.resolve()
  }

  async #workForEver(): Promise<void> {
    const worker = new BatchWorker({ ...this.#parts, settlements: this.#settlements }, this.#options)
    for (;;) {
      const deliveries = await this.#queue.take(this.#batchMax)
      if (deliveries === undefined) return
      await worker.process(deliveries)
    }
  }

  /** Makes the consumer when it is missing. */
  async #bind(client: Client): Promise<Session> {
    await this.#parts.topology.ensure(client)
    const info = await client.jsm.consumers.add(STREAM, this.#consumerConfig())
    const consumer = client.js.consumers.getConsumerFromInfo(info)
    return { consumer, created: info.created, pull: undefined }
  }

  /** Reads until the session ends; rejects when the consumer or its stream was lost. */
  async #read(session: Session): Promise<void> {
    // The connection may have gone while the consumer was being made.
    if (this.#parts.connection.client() === undefined) return
    this.#session = session
    this.#settlements.bound(session.created)
    this.#firstAttempt.resolve()
    while (this.#session === session && !this.#stopping.signal.aborted) await this.#pull(session)
  }

  /**
   * One pull, until it is used up or expired. The client's endless `consume` would go on pulling for a reader that
   * has stopped, and hold what comes until the server's patience ends.
   */
  async #pull(session: Session): Promise<void> {
    const { consumer, created } = session
    session.pull = await consumer.fetch({
      max_messages: this.#batchMax,
      expires: PULL_EXPIRES_MS,
      idle_heartbeat: HEARTBEAT_MS
    })
    // What ends a session while this line is reached finds no pull to stop.
    if (this.#session !== session || this.#stopping.signal.aborted) session.pull.stop()
    for await (const message of session.pull) {
      const delivery = { message, consumerCreated: created }
      if (!(await this.#queue.push(delivery))) this.#giveBack(delivery)
    }
  }

  /** Another replica may have it at once. */
  #giveBack(delivery: Delivery): void {
    this.#settlements.settle(delivery, (message) => message.nak())
  }

  #endSession(): void {
    this.#settlements.unbound()
    this.#session?.pull?.stop()
    this.#session = undefined
  }

  #consumerConfig(): Partial<ConsumerConfig> {
    const { tuning } = this.#parts
    return {
      durable_name: this.#options.durable,
      filter_subject: this.#options.event.subject,
      deliver_policy: DeliverPolicy.All,
      replay_policy: ReplayPolicy.Instant,
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(tuning.ackWaitMs),
      // Parking is decided here: a limit of the server's would drop events silently.
      max_deliver: -1,
      max_ack_pending: tuning.maxAckPending
    }
  }
}
