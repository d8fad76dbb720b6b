import type { EventDefinition } from '@belay/contracts'
import type { Logger } from 'pino'
import { Answers } from './questions/answers.ts'
import { ask } from './questions/ask.ts'
import { bounded } from './bounded.ts'
import { Connection } from './connection/connection.ts'
import { DurableConsumption } from './consume/consumption.ts'
import { BusUnavailable, RetryLater } from './errors.ts'
import { FactPublisher } from './facts/facts.ts'
import { LiveSignals } from './live/live-signals.ts'
import type { BusNeighbours } from './neighbours.ts'
import { Questions } from './questions/ask.ts'
import { StallWatch } from './questions/stall-watch.ts'
import { StreamWatch } from './stream/stream-watch.ts'
import { type BusTuning, defaultTuning } from './tuning.ts'
import { Topology } from './stream/topology.ts'
import type { Bus, BusCounters, ConsumeOptions, Consumption } from './types.ts'

export interface BusOptions {
  /** `nats://host:port`, several separated by commas. */
  url: string
  /** Name of the process's login, also in NATS' own monitoring; answers come back under it. */
  name: string
  log: Logger
  /** Copies of the stream in a cluster, default 1. */
  streamReplicas?: number
  /**
   * What this process does about the stream: `keep` makes it when it is missing and brings its settings up to date, the
   * default; `make` only makes it; `none` leaves it alone, for those who neither publish nor consume events.
   */
  stream?: 'keep' | 'make' | 'none'
  /**
   * Errors that are not caused by the event or question at hand, such as a database that is away: events come back
   * without being counted, questions are answered "unavailable". RetryLater and BusUnavailable always are.
   */
  isTransient?: (error: unknown) => boolean
  tuning?: Partial<BusTuning>
  /** Shared by the buses of one process, so that questions and live signals between them do not leave it. */
  neighbours?: BusNeighbours | undefined
}

/** Connects to NATS. Resolves after the first attempt even when NATS is away, and keeps trying until closed. */
export async function connectBus(options: BusOptions): Promise<Bus> {
  const log = options.log.child({ component: 'bus' })
  const tuning = { ...defaultTuning, ...options.tuning }
  const connection = new Connection({ url: options.url, name: options.name, log, tuning })
  const { name, stream = 'keep', streamReplicas } = options
  const watch = new StreamWatch(connection, log)
  const topology = new Topology({
    watch,
    streamReplicas,
    updates: stream === 'keep',
    removalGraceMs: tuning.removalGraceMs,
    log
  })
  await connection.start()
  if (stream !== 'none') {
    await topology.watch(connection, { retryMs: tuning.rebindWaitMs, checkMs: tuning.streamCheckMs })
  }
  return assemble({
    name,
    connection,
    topology,
    watch,
    log,
    tuning,
    neighbours: options.neighbours,
    counters: createCounters(),
    isTransient: (error) =>
      error instanceof RetryLater || error instanceof BusUnavailable || options.isTransient?.(error) === true
  })
}

interface Parts {
  name: string
  connection: Connection
  topology: Topology
  watch: StreamWatch
  log: Logger
  tuning: BusTuning
  neighbours: BusNeighbours | undefined
  counters: ReturnType<typeof createCounters>
  isTransient: (error: unknown) => boolean
}

function assemble(parts: Parts): Bus {
  const { connection, counters, tuning } = parts
  const facts = new FactPublisher({ ...parts, timeoutMs: tuning.publishTimeoutMs })
  const live = new LiveSignals(parts)
  const questions = { ...parts, sent: new Questions(connection, parts.name), timeoutMs: tuning.askTimeoutMs }
  const stalls = new StallWatch()
  const answers = new Answers({ ...questions, stalls })
  const consumptions = new Set<Consumption>()
  return {
    counters,
    status: () => (connection.client() === undefined ? 'disconnected' : 'connected'),
    onReconnect: (listener) => void connection.onUp(() => listener()),
    onStreamDamage: (listener) => void parts.watch.onReplaced(listener),
    publishFact: (fact, json) => facts.publish(fact, json),
    consume: async <Definition extends EventDefinition>(options: ConsumeOptions<Definition>) => {
      const consumption = new DurableConsumption(parts, options)
      consumptions.add(consumption)
      await consumption.start()
      return consumption
    },
    answer: (question, handler) => answers.add(question, handler),
    ask: (question, input, options) => ask(questions, question, input, options),
    publishLive: (subject, payload) => live.publish(subject, payload),
    listenLive: (subject, handler) => live.listen(subject, handler),
    close: async () => {
      const ending = [...consumptions].map((consumption) => consumption.stop())
      await bounded(Promise.all([...ending, answers.close()]), tuning.closeTimeoutMs)
      live.close()
      stalls.stop()
      parts.topology.stop()
      await connection.close()
    }
  }
}

function createCounters(): BusCounters {
  return {
    published: 0,
    publishFailures: 0,
    handled: 0,
    naks: 0,
    parked: 0,
    liveDropped: 0,
    askTimeouts: 0,
    answersExpired: 0
  }
}
