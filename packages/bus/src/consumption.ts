import { setTimeout as sleep } from 'node:timers/promises'
import type { EventDefinition } from '@belay/contracts'
import { AckPolicy, type ConsumerConfig, type ConsumerMessages, DeliverPolicy, ReplayPolicy } from '@nats-io/jetstream'
import { nanos } from '@nats-io/nats-core'
import { BatchWorker, type WorkerParts } from './batch-worker.ts'
import type { Client, Connection } from './connection.ts'
import { type Delivery, Settlements } from './delivery.ts'
import { DeliveryQueue } from './delivery-queue.ts'
import { STREAM, type Topology } from './topology.ts'
import type { ConsumeOptions, Consumption } from './types.ts'

const DEFAULT_BATCH_MAX = 100
const MIN_PREFETCH = 20
/** One open pull lasts so long; half of it without a sign of life from the server counts as one missed heartbeat. */
const PULL_EXPIRES_MS = 10_000

export interface ConsumptionParts extends Omit<WorkerParts, 'settlements'> {
  connection: Connection
  topology: Topology
}

/**
 * A durable pull consumer that is bound anew after every loss: of the connection, the consumer or the stream.
 *
 * Three loops' worth of work in two: the binder keeps a session with the server open and reads from it into a bounded
 * queue; the worker takes what has gathered there, batch after batch, whether or not the server is there just now.
 */
export class DurableConsumption<Definition extends EventDefinition> implements Consumption {
  readonly #parts: ConsumptionParts
  readonly #options: ConsumeOptions<Definition>
  readonly #stopping = new AbortController()
  readonly #settlements = new Settlements()
  readonly #queue: DeliveryQueue<Delivery>
  readonly #batchMax: number
  readonly #firstBinding = Promise.withResolvers<void>()
  #session: ConsumerMessages | undefined
  #finished: Promise<unknown> = Promise.resolve()

  constructor(parts: ConsumptionParts, options: ConsumeOptions<Definition>) {
    this.#parts = { ...parts, log: parts.log.child({ durable: options.durable }) }
    this.#options = options
    this.#batchMax = options.batchMax ?? DEFAULT_BATCH_MAX
    this.#queue = new DeliveryQueue(this.#batchMax * 2)
  }

  /** Resolves after the first attempt to bind, whichever way it went; the work goes on from there. */
  async start(): Promise<void> {
    const { connection } = this.#parts
    connection.onDown(() => this.#endSession())
    this.#finished = Promise.all([this.#bindForEver(), this.#workForEver()])
    if (connection.client() !== undefined) await this.#firstBinding.promise
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    for (const delivery of this.#queue.close()) this.#settlements.settle(delivery, (message) => message.nak())
    this.#session?.stop()
    await this.#finished
  }

  async #bindForEver(): Promise<void> {
    const { connection, log, tuning } = this.#parts
    const { signal } = this.#stopping
    while (!signal.aborted) {
      const client = await connection.whenUp(signal)
      if (client === undefined) break
      try {
        await this.#readFrom(await this.#bind(client))
      } catch (error) {
        if (!signal.aborted) log.warn({ err: error }, 'durable consumer lost, binding again')
      }
      this.#endSession()
      this.#firstBinding.resolve()
      await sleep(tuning.rebindWaitMs, undefined, { signal }).catch(() => undefined)
    }
  }

  async #workForEver(): Promise<void> {
    const worker = new BatchWorker({ ...this.#parts, settlements: this.#settlements }, this.#options)
    for (;;) {
      const deliveries = await this.#queue.take(this.#batchMax)
      if (deliveries === undefined) return
      await worker.process(deliveries)
    }
  }

  /** Makes the consumer when it is missing and opens the flow of messages. */
  async #bind(client: Client): Promise<{ messages: ConsumerMessages; created: string }> {
    await this.#parts.topology.ensure(client)
    const info = await client.jsm.consumers.add(STREAM, this.#consumerConfig())
    const messages = await client.js.consumers.getConsumerFromInfo(info).consume({
      max_messages: Math.max(MIN_PREFETCH, this.#batchMax),
      expires: PULL_EXPIRES_MS,
      // The client would wait on its own for a lost consumer to return: making it again is quicker.
      abort_on_missing_resource: true
    })
    return { messages, created: info.created }
  }

  async #readFrom({ messages, created }: { messages: ConsumerMessages; created: string }): Promise<void> {
    const { connection } = this.#parts
    this.#session = messages
    // The connection may have gone, or the stop may have come, while the consumer was being made.
    if (connection.client() === undefined || this.#stopping.signal.aborted) return
    this.#settlements.bound(created)
    this.#firstBinding.resolve()
    for await (const message of messages) await this.#queue.push({ message, consumerCreated: created })
  }

  #endSession(): void {
    this.#settlements.unbound()
    this.#session?.stop()
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
