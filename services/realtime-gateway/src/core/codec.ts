import type { ContactSignal, LogSignal, Message, Notification, ThreadSignal } from '@belay/contracts'

/** Why the server closes a connection, or ends one thread of it. Each protocol has its own words for them. */
export type CloseReason =
  | 'no_token'
  | 'bad_token'
  | 'token_expired'
  | 'user_not_found'
  | 'user_mismatch'
  | 'account_disabled'
  | 'account_deleted'
  | 'logged_out'
  | 'thread_not_found'
  | 'not_a_member'
  | 'too_many_connections'
  | 'too_slow'
  | 'unavailable'
  | 'restarting'

/** Why a message was not stored; with `unavailable` it may have been. */
export type SendRefusal =
  | 'thread_not_found'
  | 'not_a_member'
  | 'thread_locked'
  | 'sending_restricted'
  | 'rate_limited'
  | 'account_disabled'
  | 'queue_full'
  | 'unavailable'

/** Why the server rejects something that a client sent. */
export interface Refusal {
  reason: SendRefusal | 'invalid' | 'too_many_subscriptions'
  /** For the person who reads the client's log. */
  detail: string
  clientMsgId?: string | null
  threadId?: string | undefined
  retryAfterSeconds?: number | undefined
}

type Signal = ThreadSignal | LogSignal
type SignalOf<Kind extends Signal['kind']> = Extract<Signal, { kind: Kind }>
export type PresenceOfPerson = Extract<ContactSignal, { kind: 'presence' }>

/**
 * Encodes what the core sends as one protocol's frames, which only the protocol's transport understands. Returns
 * undefined where the protocol has no such frame. Pure: the same input gives the same frame.
 */
export interface Codec<Frame = unknown> {
  message(message: Message): Frame
  typing(typing: SignalOf<'typing'>, threadId: string): Frame | undefined
  /** The state of what the thread is about has changed. */
  stateChanged(state: SignalOf<'session'>): Frame | undefined
  read(read: SignalOf<'read'>, threadId: string): Frame | undefined
  notification(notification: Notification): Frame
  /** A person with whom the client has an active conversation came online or went offline. */
  presence(presence: PresenceOfPerson): Frame | undefined
  /** The log cannot be continued from the client's place. */
  reset(reset: { thread_id: string; epoch: string; last_seq: number }): Frame
}

/** Something for many connections: encoded once per codec, however many connections there are. */
export class Broadcast {
  readonly #encode: (codec: Codec) => unknown
  readonly #frames = new Map<Codec, unknown>()

  constructor(encode: (codec: Codec) => unknown) {
    this.#encode = encode
  }

  /** Returns undefined when the codec has no frame for it. */
  frameFor(codec: Codec): unknown {
    const known = this.#frames.get(codec)
    if (known !== undefined) return known
    const frame = this.#encode(codec)
    this.#frames.set(codec, frame)
    return frame
  }
}

/** A message of the log on its way to connections. */
export class MessageBroadcast extends Broadcast {
  readonly seq: number

  constructor(message: Message) {
    super((codec) => codec.message(message))
    this.seq = message.seq
  }
}
