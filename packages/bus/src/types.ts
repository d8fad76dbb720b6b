import type {
  EventDefinition,
  EventEnvelope,
  EventOf,
  Fact,
  QuestionDefinition,
  QuestionInput,
  QuestionOutput
} from '@belay/contracts'

/** A stored message that is no event of its subject: bad JSON, a wrong envelope or data outside its schema. */
export interface RawMessage {
  /** The payload as text, however broken. */
  raw: string
  /** The JetStream subject it was stored under. */
  subject: string
  /** The publisher's message id, or `<stream>:<sequence>` when it had none. The same at every delivery. */
  id: string
}

export interface ConsumeOptions<Definition extends EventDefinition = EventDefinition> {
  /** Name of the durable consumer: one durable, one event, one file. Replicas of a service share it. */
  durable: string
  event: Definition
  /** Most events handed over at once, default 100. What is already there is taken, nothing is waited for. */
  batchMax?: number
  /**
   * The shortest time between two calls that get fewer than they could, for events that come by the thousand and are in no
   * hurry: fewer, larger batches cost less. An event after a pause does not wait. 0 by default.
   */
  gatherMs?: number
  /** Failed tries of one event before it is parked, default 8. Transient failures are not tries. */
  maxDeliver?: number
  /**
   * Gets 1..batchMax events in stream order and resolves once their effect is committed: all are then acknowledged.
   * When it throws, the events are tried again one by one, so it must be safe to run twice on the same event.
   * `facts` are the same events as they travelled, alone or in batches; those of a batch that was taken apart come alone.
   */
  handle(events: EventOf<Definition>[], facts: Fact<EventOf<Definition>['data']>[]): Promise<void>
  /**
   * Notes durably that the events of a batch are handled one by one from now on, because one of them fails. Resolves to
   * false if the batch was handled as a whole meanwhile. Without it, `handle` has to recognise each event by itself.
   */
  takeApart?(batchId: string): Promise<boolean>
  /** Puts a message aside for good. When it throws, the message is delivered again later. */
  park(parked: EventEnvelope | RawMessage, reason: string): Promise<void>
}

/** A running durable consumer. */
export interface Consumption {
  /** Takes no more, lets the batch in hand finish and gives unhandled events back to the other replicas. */
  stop(): Promise<void>
}

export interface AnswerContext {
  /** How many milliseconds the asker still waited when the question arrived. */
  budgetMs: number
  requestId: string
}

export interface AskOptions {
  /** How long to wait for the answer, default 1,500 ms. */
  timeoutMs?: number
  /** Carried to the handler for its log. */
  requestId?: string
}

/** Gets the parsed payload, which others get, too: it must not change it. What it throws is logged and goes no further. */
export type LiveHandler = (payload: unknown, subject: string) => void

/** What happened since the process started; read for metrics, only ever growing. */
export interface BusCounters {
  /** Events confirmed by the stream. */
  published: number
  /** Publishes that were not confirmed in time. */
  publishFailures: number
  /** Events whose handler succeeded and that were acknowledged. */
  handled: number
  /** Events given back to be delivered again later. */
  naks: number
  /** Messages put aside for good. */
  parked: number
  /** Live signals not sent because NATS was away. */
  liveDropped: number
  /** Questions without an answer in time. */
  askTimeouts: number
  /** Questions left unanswered because this process had stood still for longer than their asker waits. */
  answersExpired: number
}

/** NATS as Belay uses it: facts in JetStream, questions and live signals in core NATS. */
export interface Bus {
  readonly counters: Readonly<BusCounters>
  status(): 'connected' | 'disconnected'
  /** Calls the listener whenever the connection is back, subscriptions included. */
  onReconnect(listener: () => void): void
  /**
   * Calls the listener whenever a new stream has taken the place of one that was lost or damaged, and now if that has
   * happened before or the stream was empty when this process first saw it: its events are to be published again.
   * All consumers of all services begin again.
   */
  onStreamDamage(listener: () => void): void
  /**
   * Stores an event or a batch in the stream, at most once per id within 10 minutes. Many may be in flight.
   * `json` is the fact as it travels, if that is at hand.
   * @throws BusUnavailable within 2 s when it was not confirmed; publishing it again is safe.
   */
  publishFact(fact: Fact, json?: string): Promise<void>
  /** Starts a durable consumer; it resumes by itself after any loss of NATS, its stream or its consumer. */
  consume<Definition extends EventDefinition>(options: ConsumeOptions<Definition>): Promise<Consumption>
  /**
   * Answers a question in the queue group of its service, so that one replica answers each; what a service of the same
   * process asks is answered there. The input belongs to the asker and the output to both: the handler must not change them.
   */
  answer<Question extends QuestionDefinition>(
    question: Question,
    handler: (input: QuestionInput<Question>, context: AnswerContext) => Promise<QuestionOutput<Question>>
  ): Promise<void>
  /**
   * Asks and waits for the one answer. Neither the input nor the answer may be changed: within a process they are not copied.
   * @throws RemoteError what the handler threw on purpose, or INTERNAL_ERROR
   * @throws BusUnavailable at once while disconnected or when no process answers the subject, else when the time is over;
   *   a question of its own process needs no connection
   */
  ask<Question extends QuestionDefinition>(
    question: Question,
    input: QuestionInput<Question>,
    options?: AskOptions
  ): Promise<QuestionOutput<Question>>
  /**
   * Sends to the current listeners, those of this process at the end of this microtask. At most once; dropped for other
   * processes (and counted) while disconnected. Encoded once; the payload must not be changed afterwards.
   */
  publishLive(subject: string, payload: unknown): void
  /** Listens to a live subject (wildcards allowed); all listeners of a subject share one subscription. */
  listenLive(subject: string, handler: LiveHandler): () => void
  /** Stops consumers, lets what is in flight finish for up to 2 s and disconnects. */
  close(): Promise<void>
}
