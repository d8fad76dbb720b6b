import type { AppendMessages, Message, Notification, QuestionOutput, ThreadSignal } from '@belay/contracts'

/** Why the server parts with a socket, or with one thread of it. Each protocol has its own words for them. */
export type CloseReason =
  | 'no_token'
  | 'bad_token'
  | 'token_expired'
  | 'user_not_found'
  | 'other_user'
  | 'account_disabled'
  | 'account_deleted'
  | 'logged_out'
  | 'thread_not_found'
  | 'not_a_member'
  | 'too_many_connections'
  | 'too_slow'
  | 'unavailable'
  | 'restarting'

type Outcome = QuestionOutput<typeof AppendMessages>['outcomes'][number]

/** Why something that a client sent was not taken. */
export interface Refusal {
  reason: Extract<Outcome, { ok: false }>['reason'] | 'invalid' | 'queue_full' | 'too_many_threads'
  /** For people. */
  detail: string
  clientMsgId?: string | null
  threadId?: string | undefined
  retryAfterSeconds?: number | undefined
}

type SignalOf<Kind extends ThreadSignal['kind']> = Extract<ThreadSignal, { kind: Kind }>

/**
 * What the core has to say, put into one protocol's frames; undefined when that protocol has no such frame. Pure: the
 * same input gives the same frame.
 */
export interface Codec {
  message(message: Message): string
  typing(typing: SignalOf<'typing'>): string | undefined
  session(session: SignalOf<'session'>): string | undefined
  read(read: SignalOf<'read'>): string | undefined
  notification(notification: Notification): string
  /** The log cannot be continued from where the client stands. */
  reset(reset: { thread_id: string; epoch: string; last_seq: number }): string
  refusal(refusal: Refusal): string
}
