import { eventsOf, type Fact, factJson, subjectOf } from '@belay/contracts'
import { errors } from '@nats-io/nats-core'
import { bounded } from '../bounded.ts'
import { Confirmations, type FactMessage } from './confirmations.ts'
import type { Connection } from '../connection/connection.ts'
import type { BusCounters } from '../types.ts'
import type { Client } from '../connection/dial.ts'
import { BusDisconnected, BusUnavailable, ContractViolation, NoStream } from '../errors.ts'
import { checkSubject } from '../subject.ts'
import type { StreamWatch } from '../stream/stream-watch.ts'
import type { Topology } from '../stream/topology.ts'

/** Publishes facts into the stream; the message id makes repeats harmless. */
export class FactPublisher {
  readonly #connection: Connection
  readonly #topology: Topology
  readonly #counters: BusCounters
  readonly #timeoutMs: number
  readonly #confirmations: Confirmations
  readonly #watch: StreamWatch

  constructor(parts: {
    connection: Connection
    topology: Topology
    watch: StreamWatch
    counters: BusCounters
    name: string
    timeoutMs: number
  }) {
    this.#connection = parts.connection
    this.#topology = parts.topology
    this.#counters = parts.counters
    this.#timeoutMs = parts.timeoutMs
    this.#watch = parts.watch
    this.#confirmations = new Confirmations(parts.connection, parts.name)
  }

  async publish(fact: Fact, json: string = factJson(fact)): Promise<void> {
    const subject = checkSubject(subjectOf(fact))
    try {
      const client = this.#connection.client()
      // What is published while disconnected is never stored, so it is not even tried.
      if (client === undefined) throw new BusDisconnected()
      await this.#store(client, { subject, payload: json, id: fact.id, isBatch: 'events' in fact })
      this.#counters.published += eventsOf(fact).length
    } catch (error) {
      this.#counters.publishFailures += 1
      throw translate(error, subject)
    }
  }

  async #store(client: Client, message: FactMessage): Promise<void> {
    const started = performance.now()
    const remaining = (): number => Math.max(1, Math.ceil(this.#timeoutMs - (performance.now() - started)))
    // Looked at before it grows again: what it has lost would no longer show.
    if (!this.#topology.isChecked) await bounded(this.#topology.ensure(client), remaining())
    try {
      this.#watch.saw(await this.#confirmations.publish(client.nc, message, remaining()))
    } catch (error) {
      if (!(error instanceof NoStream)) throw error
      // The server came back with an empty data folder: no stream stores this subject.
      await bounded(this.#topology.ensure(client), remaining())
      this.#watch.saw(await this.#confirmations.publish(client.nc, message, remaining()))
    }
  }
}

function translate(error: unknown, subject: string): Error {
  if (error instanceof BusUnavailable) return error
  if (error instanceof errors.InvalidArgumentError) {
    return new ContractViolation(`event does not fit into a message: ${subject}`, { cause: error })
  }
  return new BusUnavailable(`event was not confirmed: ${subject}`, { cause: error })
}
