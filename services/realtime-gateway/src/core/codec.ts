import type { AppendMessages, Message, Notification, QuestionOutput, ThreadSignal } from '@belay/contracts'

/** Why the server parts with a socket, or with one thread of it. Each protocol has its own words for them. */
export type Ending =
  | 'no_token'
  | 'bad_token'
  | 'token_expired'
  | 'user_not_found'
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
  reason: Extract<Outcome, { ok: false }>['reason'] | 'invalid' | 'queue_full'
  /** For people. */
  detail: string
  clientMsgId?: string | null
  retryAfterSeconds?: number | undefined
}

type SignalOf<Kind extends ThreadSignal['kind']> = Extract<ThreadSignal, { kind: Kind }>

/** What the core has to say, put into one protocol's frames. Pure: the same input gives the same frame. */
export interface Codec {
  message(message: Message): string
  typing(typing: SignalOf<'typing'>): string
  session(session: SignalOf<'session'>): string
  read(read: SignalOf<'read'>): string
  notification(notification: Notification): string
  refusal(refusal: Refusal): string
}
