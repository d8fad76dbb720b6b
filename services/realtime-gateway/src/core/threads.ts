import { type Bus, BusUnavailable } from '@belay/bus'
import { JoinThread, type QuestionOutput } from '@belay/contracts'
import type { Log } from './log.ts'
import type { CloseReason } from './codec.ts'
import type { Connection, Subscription } from './connection.ts'
import type { Fanout } from './fanout.ts'
import type { Limiter } from './limiter.ts'
import type { Presence } from './presence.ts'
import type { Recovery } from './recovery.ts'

type JoinAnswer = QuestionOutput<typeof JoinThread>

/** Where a client stood in a thread. */
export interface Resume {
  /** The last message that it has. */
  afterSeq?: number | undefined
  /** Of the log that it has it from; undefined when the client does not say. */
  epoch?: string | undefined
}

export interface ThreadsOptions {
  bus: Pick<Bus, 'ask'>
  fanout: Fanout
  limiter: Limiter
  log: Log
  presence: Presence
  recovery: Recovery
  /** Called with each subscription that has just left. */
  left: (subscription: Subscription) => void
}

/** Joining and leaving threads. */
export class Threads {
  readonly #options: ThreadsOptions

  constructor(options: ThreadsOptions) {
    this.#options = options
  }

  /**
   * Lets a connection listen to a thread: from its end on, or, with `afterSeq`, from there; a place that cannot be
   * continued is reset. It listens first and asks after, so that nothing falls between. Resolves with the reason when it
   * may not, or cannot now.
   */
  async join(connection: Connection, threadId: string, resume: Resume): Promise<CloseReason | Subscription> {
    const { fanout, presence, recovery } = this.#options
    const userId = connection.identity?.userId
    if (userId === undefined || connection.ended) return 'unavailable'
    const subscription = fanout.add(connection, threadId, userId)
    connection.subscriptions.add(subscription)
    const answer = await this.#ask(threadId, userId)
    // The client left, or the person was taken out of the thread, while the question was on its way.
    if (subscription.ended) return 'not_a_member'
    if (answer === undefined || !answer.ok) {
      this.leave(subscription)
      return answer === undefined ? 'unavailable' : answer.reason
    }
    const { last_seq: lastSeq, stamp } = answer
    connection.userName = answer.user_name
    presence.joined(subscription)
    subscription.verify(stamp)
    subscription.note(lastSeq)
    connection.protocol.threadJoined(connection, subscription, lastSeq)
    if (canContinue(resume, { epoch: stamp.epoch, lastSeq })) subscription.place(resume.afterSeq ?? lastSeq)
    else subscription.reset(stamp, lastSeq)
    if (subscription.stale) recovery.now(subscription)
    return subscription
  }

  /** Delivers again from `afterSeq` on what came before the subscription began, and was not delivered to it. */
  rewind(subscription: Subscription, afterSeq: number): void {
    subscription.rewind(afterSeq)
    if (subscription.stale) this.#options.recovery.now(subscription)
  }

  /** Why a person may have no socket at all; undefined when they may. */
  async checkAccount(userId: string): Promise<CloseReason | undefined> {
    // The chat looks at the person before the thread, and no thread has a person's id.
    const answer = await this.#ask(userId, userId)
    if (answer === undefined) return 'unavailable'
    const reason = answer.ok ? undefined : answer.reason
    return reason === 'user_not_found' || reason === 'account_disabled' ? reason : undefined
  }

  leave(subscription: Subscription): void {
    if (subscription.ended) return
    subscription.ended = true
    subscription.connection.subscriptions.delete(subscription)
    this.#options.fanout.remove(subscription)
    this.#options.presence.left(subscription)
    this.#options.left(subscription)
  }

  /** Ends a subscription on the server's side; its protocol tells the client. */
  end(subscription: Subscription, ending: CloseReason): void {
    if (subscription.ended) return
    this.leave(subscription)
    subscription.connection.protocol.threadEnded(subscription.connection, subscription, ending)
  }

  async #ask(threadId: string, userId: string): Promise<JoinAnswer | undefined> {
    const { bus, limiter, log } = this.#options
    try {
      return await limiter.run(() => bus.ask(JoinThread, { thread_id: threadId, user_id: userId }))
    } catch (error) {
      const context = { err: error, thread_id: threadId }
      if (error instanceof BusUnavailable) log.debug(context, 'a thread cannot be joined now')
      else log.error(context, 'joining a thread failed')
      return undefined
    }
  }
}

/** Whether a log that stands there has the client's place. */
export function canContinue({ afterSeq, epoch }: Resume, log: { epoch: string; lastSeq: number }): boolean {
  return (epoch === undefined || epoch === log.epoch) && (afterSeq === undefined || afterSeq <= log.lastSeq)
}
