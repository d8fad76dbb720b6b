import { type Bus, BusUnavailable, conforms } from '@belay/bus'
import {
  JoinThread,
  liveSubjects,
  LogSignal,
  type LogStamp,
  type Message,
  type QuestionOutput,
  ThreadSignal
} from '@belay/contracts'
import pLimit from 'p-limit'
import type { Logger } from 'pino'
import type { CloseReason } from './codec.ts'
import type { Connection } from './connection.ts'
import { Recent } from './recent.ts'
import type { Subscription } from './subscription.ts'
import { Thread, type ThreadOptions } from './thread.ts'

type JoinAnswer = QuestionOutput<typeof JoinThread>

/** Questions about joining on their way to the chat at once: a crowd that comes back queues up here. */
const maxJoins = 64

/** Messages that may come a second time: a chat answers its sender's gateway and signals to all, at about the same time. */
const maxRecent = 10_000

const subjectPrefix = liveSubjects.thread('')

/** Where a client stood in a thread. */
export interface Resume {
  /** The last message that it has. */
  afterSeq?: number | undefined
  /** The epoch of the log that it has it from; undefined when the client did not send one. */
  epoch?: string | undefined
}

/** Where a log stands, and where a client stood in it. */
interface Place {
  lastSeq: number
  stamp: LogStamp
  resume: Resume
}

/** A direct conversation of which the chat has said that a person is in it. */
export interface KnownThread extends Place {
  threadId: string
  peerId: string
}

export interface ThreadsOptions extends Omit<ThreadOptions, 'id' | 'empty'> {
  bus: Pick<Bus, 'ask' | 'listenLive'>
  log: Pick<Logger, 'debug' | 'error'>
}

/** The threads that connections of this process listen to. Each is subscribed to at NATS once. */
export class Threads {
  readonly #options: ThreadsOptions
  readonly #threads = new Map<string, Thread>()
  readonly #limit = pLimit(maxJoins)
  /** The ids of messages that threads here were given. */
  readonly #given = new Recent(maxRecent)

  constructor(options: ThreadsOptions) {
    this.#options = options
  }

  /** Listens for what is written to threads: one subscription for all of them, so that one commit is one signal. */
  start(): void {
    this.#options.bus.listenLive(liveSubjects.log, this.#written)
  }

  get size(): number {
    return this.#threads.size
  }

  /**
   * Lets a connection listen to a thread: from its end on, or, with `afterSeq`, from there; a place that cannot be
   * continued is reset. It listens before it asks the chat, so that no message falls between. Resolves with the reason
   * when the person may not join, or cannot now.
   */
  async join(connection: Connection, threadId: string, resume: Resume): Promise<CloseReason | Subscription> {
    const userId = connection.identity?.userId
    if (userId === undefined || connection.ended) return 'unavailable'
    const thread = this.#threads.get(threadId) ?? this.#open(threadId)
    const subscription = thread.add(connection, userId)
    const answer = await this.#ask(threadId, userId)
    // The client left, or the person was removed from the thread, while the question was on its way.
    if (subscription.ended) return 'not_a_member'
    if (answer === undefined || !answer.ok) {
      subscription.leave()
      return answer === undefined ? 'unavailable' : answer.reason
    }
    connection.userName = answer.user_name
    this.#admit(thread, subscription, { lastSeq: answer.last_seq, stamp: answer.stamp, resume })
    return subscription
  }

  /**
   * Lets a connection of this person listen to a thread that the chat has just said they may join. What is written before
   * this process listens is found by the next check.
   */
  joinKnown(connection: Connection, userId: string, { threadId, peerId, ...place }: KnownThread): void {
    const thread = this.#threads.get(threadId) ?? this.#open(threadId)
    const subscription = thread.add(connection, userId)
    subscription.peerId = peerId
    this.#admit(thread, subscription, place)
  }

  /** Delivers from `afterSeq` on what came before the subscription began, and was not delivered to it. */
  rewind(subscription: Subscription, afterSeq: number): void {
    subscription.rewind(afterSeq)
    this.#catchUp(subscription)
  }

  /** Resolves with the reason when a person may have no connection at all. */
  async checkAccount(userId: string): Promise<CloseReason | undefined> {
    // The chat looks at the person before the thread, and no thread has a person's id.
    const answer = await this.#ask(userId, userId)
    if (answer === undefined) return 'unavailable'
    const reason = answer.ok ? undefined : answer.reason
    return reason === 'user_not_found' || reason === 'account_disabled' ? reason : undefined
  }

  /** Delivers messages of one thread, oldest first; what it was given lately, as an answer or by a signal, is dropped. */
  deliver(threadId: string, messages: readonly Message[], stamp: LogStamp): void {
    const thread = this.#threads.get(threadId)
    if (thread === undefined) return
    const fresh = messages.filter(({ id }) => this.#given.add(id))
    if (fresh.length > 0) thread.deliver(fresh, stamp)
  }

  /** The log of a thread stands there. */
  note(threadId: string, log: { epoch: string; lastSeq: number }): void {
    this.#threads.get(threadId)?.note(log)
  }

  /** A person may no longer be a member of a thread. */
  suspect(threadId: string, userId: string): void {
    this.#threads.get(threadId)?.suspect(userId)
  }

  /** Returns who has joined which thread here, once for each person and thread. */
  listJoined(): { thread_id: string; user_id: string }[] {
    const pairs = []
    for (const { id: thread_id, userIds } of this.#threads.values()) {
      for (const user_id of userIds) pairs.push({ thread_id, user_id })
    }
    return pairs
  }

  countSubscriptions(): number {
    let count = 0
    for (const { size } of this.#threads.values()) count += size
    return count
  }

  #admit(thread: Thread, subscription: Subscription, { lastSeq, stamp, resume }: Place): void {
    const { connection } = subscription
    thread.admit(subscription)
    subscription.verify(stamp)
    subscription.note(lastSeq)
    connection.protocol.threadJoined(connection, subscription, lastSeq)
    if (canContinue(resume, { epoch: stamp.epoch, lastSeq })) subscription.place(resume.afterSeq ?? lastSeq)
    else subscription.reset(stamp, lastSeq)
    this.#catchUp(subscription)
  }

  #open(id: string): Thread {
    const stopListening = this.#options.bus.listenLive(liveSubjects.thread(id), this.#received)
    const empty = () => {
      this.#threads.delete(id)
      stopListening()
    }
    const thread = new Thread({ ...this.#options, id, empty })
    this.#threads.set(id, thread)
    return thread
  }

  readonly #received = (payload: unknown, subject: string): void => {
    const thread = this.#threads.get(subject.slice(subjectPrefix.length))
    if (thread === undefined) return
    if (conforms(ThreadSignal, payload)) thread.receive(payload)
    else this.#options.counters.badSignals += 1
  }

  readonly #written = (payload: unknown): void => {
    if (!conforms(LogSignal, payload)) {
      this.#options.counters.badSignals += 1
      return
    }
    switch (payload.kind) {
      case 'messages':
        for (const { thread_id, messages, stamp } of payload.threads) this.deliver(thread_id, messages, stamp)
        return
      case 'member_left':
        return this.#threads.get(payload.thread_id)?.receive(payload)
      case 'session':
        return this.#threads.get(payload.session_id)?.receive(payload)
    }
  }

  #catchUp(subscription: Subscription): void {
    if (subscription.stale) this.#options.recovery.now(subscription)
  }

  async #ask(threadId: string, userId: string): Promise<JoinAnswer | undefined> {
    const { bus, log } = this.#options
    try {
      return await this.#limit(() => bus.ask(JoinThread, { thread_id: threadId, user_id: userId }))
    } catch (error) {
      const context = { err: error, thread_id: threadId }
      if (error instanceof BusUnavailable) log.debug(context, 'a thread cannot be joined now')
      else log.error(context, 'joining a thread failed')
      return undefined
    }
  }
}

/** Whether the log has the client's place. */
export function canContinue({ afterSeq, epoch }: Resume, log: { epoch: string; lastSeq: number }): boolean {
  return (epoch === undefined || epoch === log.epoch) && (afterSeq === undefined || afterSeq <= log.lastSeq)
}
