import { type Static, Type } from 'typebox'
import { LogStamp, Message } from '../chat.ts'
import { Notification } from '../notifications.ts'
import { SessionStatus } from '../sessions.ts'
import { Id, Timestamp } from '../text.ts'

/**
 * Signals for open connections: delivered at most once, never stored. A lost message signal is detected by its `seq`; the
 * effect of all others is repaired by the next read.
 */

/** `belay.live.log`: what was committed to the threads, in this order for each of them. */
export const LogSignal = Type.Union([
  /** New messages, oldest first. One signal has those of one commit, unless they are too long for one. */
  Type.Object({
    kind: Type.Literal('messages'),
    threads: Type.Array(
      Type.Object({
        thread_id: Id,
        messages: Type.Array(Message),
        /** The state of the log when these messages were written. */
        stamp: LogStamp
      })
    )
  }),
  Type.Object({
    kind: Type.Literal('member_left'),
    thread_id: Id,
    user_id: Id,
    /** The state of the log after the removal: a reader that was verified at this version or later has joined again. */
    stamp: LogStamp
  }),
  /** The state of a session has changed, whose thread has its id. */
  Type.Object({
    kind: Type.Literal('session'),
    session_id: Id,
    status: SessionStatus,
    updated_at: Timestamp
  })
])
export type LogSignal = Static<typeof LogSignal>

/** `belay.live.thread.<thread id>`: what the people in one conversation do besides writing. */
export const ThreadSignal = Type.Union([
  Type.Object({
    kind: Type.Literal('typing'),
    user_id: Id,
    user_name: Type.String(),
    is_typing: Type.Boolean()
  }),
  Type.Object({
    kind: Type.Literal('read'),
    user_id: Id,
    last_read_seq: Type.Integer(),
    /** In direct conversations, where only those who may see receipts are sent them. */
    receipt: Type.Optional(
      Type.Object({
        /** The message that was marked, and with it everything before. */
        message_id: Id,
        read_at: Timestamp,
        shown_to: Type.Array(Id, { maxItems: 2 })
      })
    )
  })
])
export type ThreadSignal = Static<typeof ThreadSignal>

/** `belay.live.user.<user id>`: signals for every connection of one person. */
export const UserSignal = Type.Object({ kind: Type.Literal('notification'), notification: Notification })
export type UserSignal = Static<typeof UserSignal>

/** `belay.live.contact.<user id>`: what concerns a person's direct conversations, for every connection of theirs. */
export const ContactSignal = Type.Union([
  /** A direct conversation opened to them: connections that follow all of a person's conversations join it. */
  Type.Object({
    kind: Type.Literal('conversation_opened'),
    conversation_id: Id,
    peer_id: Id,
    /** Where the log stood before it opened, or opened again: the messages after it are new. */
    after_seq: Type.Optional(Type.Integer({ minimum: 0 }))
  }),
  /** A direct conversation was archived: connections that follow it leave it. */
  Type.Object({ kind: Type.Literal('conversation_closed'), conversation_id: Id }),
  /** Someone with whom they have an active conversation came online or went offline. */
  Type.Object({ kind: Type.Literal('presence'), user_id: Id, online: Type.Boolean(), last_active: Timestamp })
])
export type ContactSignal = Static<typeof ContactSignal>

/**
 * `belay.live.access.<user id>`: connections of a person must close. A separate subject, so that only the people service
 * can publish it.
 */
export const AccessSignal = Type.Object({
  kind: Type.Literal('access_ended'),
  reason: Type.Union([Type.Literal('disabled'), Type.Literal('deleted'), Type.Literal('logged_out')]),
  /** Only connections of this sign-in (the token's `sid`); if absent, all connections of the person. */
  sign_in_id: Type.Optional(Id)
})
export type AccessSignal = Static<typeof AccessSignal>

const lease = Type.Object({ kind: Type.Literal('lease'), gateway_id: Id, version: Type.Integer() })
const gone = Type.Object({ kind: Type.Literal('gone'), gateway_id: Id, version: Type.Integer() })

/** `belay.live.presence.<gateway id>`: who has a live connection in which thread, from each realtime gateway. */
export const PresenceSignal = Type.Union([
  Type.Object({
    kind: Type.Literal('change'),
    gateway_id: Id,
    /** Counts this gateway's changes; a listener that missed one asks for the whole list. */
    version: Type.Integer(),
    thread_id: Id,
    user_id: Id,
    live: Type.Boolean(),
    /** The connection stopped responding: frames sent to it recently may not have arrived. */
    dead: Type.Optional(Type.Boolean())
  }),
  lease,
  gone
])
export type PresenceSignal = Static<typeof PresenceSignal>

/**
 * `belay.live.online.<gateway id>`: who has an open connection of any kind, from each realtime gateway. A person is online
 * while at least one gateway lists them. A gateway waits for `onlineGraceMs` before it announces that a person is offline,
 * and a listener waits as long before it drops the people of a gateway that is `gone`, so that a reconnect goes unnoticed.
 */
export const OnlineSignal = Type.Union([
  Type.Object({
    kind: Type.Literal('change'),
    gateway_id: Id,
    /** Counts this gateway's changes; a listener that missed one asks for the whole list. */
    version: Type.Integer(),
    user_id: Id,
    online: Type.Boolean()
  }),
  lease,
  gone
])
export type OnlineSignal = Static<typeof OnlineSignal>

export const liveSubjects = {
  log: 'belay.live.log',
  thread: (threadId: string) => `belay.live.thread.${threadId}`,
  user: (userId: string) => `belay.live.user.${userId}`,
  contact: (userId: string) => `belay.live.contact.${userId}`,
  access: (userId: string) => `belay.live.access.${userId}`,
  everyAccess: 'belay.live.access.*',
  presence: (gatewayId: string) => `belay.live.presence.${gatewayId}`,
  everyPresence: 'belay.live.presence.*',
  online: (gatewayId: string) => `belay.live.online.${gatewayId}`,
  everyOnline: 'belay.live.online.*',
  /** A listener to presence has just started: every realtime gateway renews its leases at once. */
  presenceCall: 'belay.live.presence-call'
} as const

/** How often a realtime gateway renews its leases, and after what silence it counts as gone. */
export const presenceLease = { renewMs: 5_000, expiresMs: 15_000 } as const

/** How long a person stays online after the last connection closed. */
export const onlineGraceMs = 5_000
