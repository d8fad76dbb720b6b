import { type Bus, BusUnavailable } from '@belay/bus'
import { ContactSignal, JoinConversations, liveSubjects, type QuestionOutput } from '@belay/contracts'
import { createValidator } from '@belay/kit'
import pLimit from 'p-limit'
import type { Logger } from 'pino'
import { Broadcast, type CloseReason } from './codec.ts'
import type { Connection } from './connection.ts'
import type { Counters } from './counters.ts'
import type { SubscriptionChecks } from './subscription-checks.ts'
import type { Threads } from './threads.ts'

/** Conversations that one connection follows: the most recently active ones. */
const maxConversations = 1_000
/** Questions on their way to the chat at once: a crowd that comes back queues up here. */
const maxAsking = 64
/** A conversation that opened at an unknown place is delivered from its beginning if it has no more messages than this. */
const longestReplay = 50

const validate = createValidator(ContactSignal)
const subjectPrefix = liveSubjects.contact('')

type Answer = QuestionOutput<typeof JoinConversations>
type Found = Extract<Answer, { ok: true }>
type Conversation = Found['conversations'][number]

export interface ConversationsOptions {
  bus: Pick<Bus, 'ask' | 'listenLive'>
  checks: Pick<SubscriptionChecks, 'soon'>
  counters: Counters
  log: Pick<Logger, 'debug' | 'error'>
  threads: Threads
}

/** A person with connections that follow all of their direct conversations. */
interface Follower {
  connections: Set<Connection>
  /** Questions on their way about all of the person's conversations. */
  asking: Set<Promise<unknown>>
  stopListening: () => void
}

/**
 * Connections that follow all active direct conversations of their person: those that exist when they begin, and each one
 * that opens later.
 */
export class Conversations {
  readonly #options: ConversationsOptions
  readonly #followers = new Map<string, Follower>()
  readonly #limit = pLimit(maxAsking)

  constructor(options: ConversationsOptions) {
    this.#options = options
  }

  /**
   * Lets a connection follow the conversations of its person; `admit` is called before anything of them is delivered.
   * Resolves with the reason when the person may have no connection, or the chat does not answer now.
   */
  async follow(connection: Connection, userId: string, admit: () => void): Promise<CloseReason | undefined> {
    if (connection.ended) return undefined
    const follower = this.#add(connection, userId)
    const asked = this.#ask(userId)
    follower.asking.add(asked)
    const answer = await asked
    follower.asking.delete(asked)
    if (answer?.ok !== true) return answer === undefined ? 'unavailable' : answer.reason
    if (connection.ended) return undefined
    connection.userName = answer.user_name
    admit()
    for (const conversation of answer.conversations) this.#join(connection, userId, conversation)
    this.#options.checks.soon(
      answer.conversations.map((each) => ({ thread_id: each.conversation_id, user_id: userId }))
    )
    return undefined
  }

  /** A connection has ended. */
  unfollow(connection: Connection): void {
    const userId = connection.identity?.userId ?? ''
    const follower = this.#followers.get(userId)
    if (!follower?.connections.delete(connection) || follower.connections.size > 0) return
    this.#followers.delete(userId)
    follower.stopListening()
  }

  #add(connection: Connection, userId: string): Follower {
    const known = this.#followers.get(userId)
    if (known !== undefined) {
      known.connections.add(connection)
      return known
    }
    const stopListening = this.#options.bus.listenLive(liveSubjects.contact(userId), this.#received)
    const follower = { connections: new Set([connection]), asking: new Set<Promise<unknown>>(), stopListening }
    this.#followers.set(userId, follower)
    return follower
  }

  readonly #received = (payload: unknown, subject: string): void => {
    const userId = subject.slice(subjectPrefix.length)
    const follower = this.#followers.get(userId)
    if (follower === undefined) return
    const checked = validate(payload)
    if (!checked.ok) {
      this.#options.counters.badSignals += 1
      return
    }
    const signal = checked.value
    if (signal.kind === 'conversation_opened') void this.#opened(userId, signal.conversation_id, signal.after_seq)
    else if (signal.kind === 'conversation_closed') leave(follower, signal.conversation_id)
    else {
      const presence = new Broadcast((codec) => codec.presence(signal))
      for (const connection of follower.connections) if (connection.ready) connection.send(presence)
    }
  }

  /** Joins a conversation that opened after the question about all of them was answered. */
  async #opened(userId: string, conversationId: string, afterSeq: number | undefined): Promise<void> {
    await Promise.all([...(this.#followers.get(userId)?.asking ?? [])])
    const answer = await this.#ask(userId, conversationId)
    if (answer?.ok !== true) return
    for (const conversation of answer.conversations) {
      for (const connection of this.#followers.get(userId)?.connections ?? []) {
        if (connection.ready && !isIn(connection, conversationId)) {
          this.#join(connection, userId, conversation, afterSeq ?? beginning(conversation))
        }
      }
      this.#options.checks.soon([{ thread_id: conversation.conversation_id, user_id: userId }])
    }
  }

  #join(connection: Connection, userId: string, conversation: Conversation, afterSeq?: number): void {
    const { conversation_id: threadId, last_seq: lastSeq, peer_id: peerId, stamp } = conversation
    this.#options.threads.joinKnown(connection, userId, { threadId, peerId, lastSeq, stamp, resume: { afterSeq } })
  }

  async #ask(userId: string, conversationId?: string): Promise<Answer | undefined> {
    const { bus, log } = this.#options
    const only = conversationId === undefined ? {} : { conversation_ids: [conversationId] }
    try {
      return await this.#limit(() => bus.ask(JoinConversations, { user_id: userId, limit: maxConversations, ...only }))
    } catch (error) {
      if (error instanceof BusUnavailable) log.debug({ err: error }, 'conversations cannot be joined now')
      else log.error({ err: error }, 'joining conversations failed')
      return undefined
    }
  }
}

/** Where a conversation begins to be new whose opening was not signalled; beyond the end, so that it is reset, if unknown. */
function beginning({ last_seq: lastSeq }: Conversation): number {
  return lastSeq <= longestReplay ? 0 : lastSeq + 1
}

function isIn(connection: Connection, threadId: string): boolean {
  for (const thread of connection.threads) if (thread.threadId === threadId) return true
  return false
}

function leave({ connections }: Follower, threadId: string): void {
  for (const connection of connections) {
    for (const thread of connection.threads) if (thread.threadId === threadId) thread.leave()
  }
}
