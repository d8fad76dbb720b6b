import { setTimeout as sleep } from 'node:timers/promises'
import { type EventDefinition, stream as STREAM } from '@belay/contracts'
import {
  AckPolicy,
  type Consumer,
  type ConsumerConfig,
  type ConsumerMessages,
  DeliverPolicy,
  ReplayPolicy,
  type StreamInfo
} from '@nats-io/jetstream'
import { nanos } from '@nats-io/nats-core'
import { BatchWorker, DEFAULT_BATCH_MAX, type WorkerParts } from './batch-worker.ts'
import { bounded } from '../bounded.ts'
import type { Connection } from '../connection/connection.ts'
import { type Delivery, Settlements } from './delivery.ts'
import { DeliveryQueue } from './delivery-queue.ts'
import type { Client } from '../connection/dial.ts'
import { BusDisconnected } from '../errors.ts'
import type { StreamWatch } from '../stream/stream-watch.ts'
import type { Topology } from '../stream/topology.ts'
import type { ConsumeOptions, Consumption } from '../types.ts'

/** Fewest events asked for at once: a pull for each single one would cost more than the event. */
const MIN_PULL = 20
/** Batches asked for at once: each may hold hundreds of events. */
const BATCHES_PULLED = 50
/** A pull stays open so long when nothing comes. */
const PULL_EXPIRES_MS = 30_000
/** How often the server shows that it still knows of an idle pull; after two misses the consumer counts as lost. */
const HEARTBEAT_MS = 5_000
const MAX_REBIND_WAIT_MS = 5_000
/** How long a stopping consumer still listens for events on their way to it, which other replicas would get only later. */
const STOP_GRACE_MS = 100
/** Events given back return after so long: later than the grace ends, so that they go to another replica. */
const GIVE_BACK_MS = 250

export interface ConsumptionParts extends Omit<WorkerParts, 'settlements'> {
  connection: Connection
  topology: Topology
  watch: StreamWatch
}

/** A consumer on the server as long as nothing has come between. */
interface Session {
  readonly consumer: Consumer
  readonly incarnation: string
  pull: ConsumerMessages | undefined
}

/**
 * A durable pull consumer that is bound again after every loss: of the connection, the consumer or the stream.
 *
 * Two loops: the binder keeps a session with the server open and reads from it into a bounded queue; the worker takes
 * what has gathered there, batch after batch, whether or not the server is there just now. What a process holds is
 * bounded, so a slow replica leaves the rest to the others.
 */
export class DurableConsumption<Definition extends EventDefinition> implements Consumption {
  readonly #parts: ConsumptionParts
  readonly #options: ConsumeOptions<Definition>
  readonly #stopping = new AbortController()
  readonly #settlements = new Settlements()
  readonly #queue: DeliveryQueue<Delivery>
  /** Most messages taken at once. */
  readonly #takeMax: number
  readonly #pullMax: number
  readonly #firstAttempt = Promise.withResolvers<void>()
  #session: Session | undefined
  #signsOfLife: NodeJS.Timeout | undefined
  #binding: Promise<void> = Promise.resolve()
  #working: Promise<void> = Promise.resolve()
  #forgetConnection: () => void = () => undefined

  constructor(parts: ConsumptionParts, options: ConsumeOptions<Definition>) {
    this.#parts = { ...parts, log: parts.log.child({ durable: options.durable }) }
    this.#options = options
    const { batchMax = DEFAULT_BATCH_MAX, event } = options
    this.#takeMax = event.batched ? BATCHES_PULLED : batchMax
    this.#pullMax = Math.max(MIN_PULL, this.#takeMax)
    this.#queue = new DeliveryQueue(this.#pullMax * 2)
  }

  /** Resolves after the first attempt to bind, successful or not; the work continues from there. */
  async start(): Promise<void> {
    const { connection, tuning, watch } = this.#parts
    this.#signsOfLife = setInterval(() => this.#settlements.prolong(), tuning.ackWaitMs / 4)
    this.#signsOfLife.unref()
    const forgets = [connection.onDown(() => this.#endSession()), watch.onReplaced(() => this.#endSession())]
    this.#forgetConnection = () => forgets.forEach((forget) => forget())
    this.#working = this.#workForEver()
    this.#binding = this.#bindForEver()
    if (connection.client() !== undefined) await this.#firstAttempt.promise
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    for (const delivery of this.#queue.close()) this.#giveBack(delivery)
    await bounded(this.#binding, STOP_GRACE_MS)
    // The settlements stay bound: the batch in hand is still to be acknowledged.
    this.#session?.pull?.stop()
    await Promise.all([this.#binding, this.#working])
    clearInterval(this.#signsOfLife)
    this.#forgetConnection()
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
        const err = connection.client() === client ? error : new BusDisconnected({ cause: error })
        if (!signal.aborted) log.warn({ err }, 'durable consumer lost, binding again')
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
      const deliveries = await this.#queue.take(this.#takeMax, this.#options.gatherMs)
      if (deliveries === undefined) return
      await worker.process(deliveries)
    }
  }

  /** Makes the consumer when it is missing. Rejects when the stream is another one meanwhile. */
  async #bind(client: Client): Promise<Session> {
    const { topology, watch } = this.#parts
    const { created } = await topology.ensure(client)
    const info = await client.jsm.consumers.add(STREAM, this.#consumerConfig())
    const { delivered } = info
    const stream = await this.#streamAfter(client, delivered.stream_seq)
    if (stream.created !== created) throw new Error('the stream was made again meanwhile')
    if (delivered.stream_seq > stream.state.last_seq) {
      watch.condemn('a consumer stands beyond its end', { durable: this.#options.durable, delivered })
      await topology.ensure(client)
      return this.#bind(client)
    }
    return { consumer: client.js.consumers.getConsumerFromInfo(info), incarnation: created, pull: undefined }
  }

  /** Asked after the consumer was: a sound stream has delivered nothing beyond its end. */
  async #streamAfter(client: Client, delivered: number): Promise<StreamInfo> {
    // It may be an answer that was on its way already.
    const info = await this.#parts.topology.ensure(client)
    return delivered <= info.state.last_seq ? info : this.#parts.topology.ensure(client)
  }

  /** Reads until the session ends; rejects when the consumer or its stream was lost. */
  async #read(session: Session): Promise<void> {
    // The connection may have gone while the consumer was being made.
    if (this.#parts.connection.client() === undefined) return
    this.#session = session
    this.#settlements.bound(session.incarnation)
    this.#firstAttempt.resolve()
    for (;;) {
      // Room comes first: events waiting unread in the client would wear out the server's patience.
      await this.#queue.room(this.#pullMax)
      if (this.#session !== session || this.#stopping.signal.aborted) return
      await this.#pull(session)
    }
  }

  /** One pull, until it is used up or expired: the client's endless `consume` would hold more than there is room for. */
  async #pull(session: Session): Promise<void> {
    const { consumer, incarnation } = session
    session.pull = await consumer.fetch({
      max_messages: this.#pullMax,
      expires: PULL_EXPIRES_MS,
      idle_heartbeat: HEARTBEAT_MS
    })
    // If the session was ended a moment ago, there was no pull to stop yet.
    if (this.#session !== session) session.pull.stop()
    for await (const message of session.pull) {
      this.#parts.watch.saw(message.seq)
      const delivery = { message, incarnation }
      if (this.#queue.push(delivery)) this.#settlements.hold(delivery)
      else this.#giveBack(delivery)
    }
  }

  #giveBack(delivery: Delivery): void {
    this.#settlements.settle(delivery, (message) => message.nak(GIVE_BACK_MS))
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
