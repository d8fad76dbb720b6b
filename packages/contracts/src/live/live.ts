import { type Static, Type } from 'typebox'
import { LogStamp, Message } from '../chat.ts'
import { Notification } from '../notifications.ts'
import { SessionStatus } from '../sessions.ts'
import { Id, Timestamp } from '../text.ts'

/**
 * Signals for open sockets: at most once, never stored. A lost message signal is noticed by its `seq`;
 * all others are hints that the next read makes good.
 */

/** `belay.live.thread.<thread id>`: what happens in one conversation. */
export const ThreadSignal = Type.Union([
  Type.Object({
    kind: Type.Literal('messages'),
    messages: Type.Array(Message),
    /** Of the log when these messages were written. */
    stamp: Type.Optional(LogStamp)
  }),
  Type.Object({
    kind: Type.Literal('typing'),
    user_id: Id,
    user_name: Type.String(),
    is_typing: Type.Boolean()
  }),
  Type.Object({
    kind: Type.Literal('session'),
    session_id: Id,
    status: SessionStatus,
    updated_at: Timestamp
  }),
  Type.Object({ kind: Type.Literal('read'), user_id: Id, last_read_seq: Type.Integer() }),
  Type.Object({
    kind: Type.Literal('member_left'),
    user_id: Id,
    /** Of the log after the removal: a reader that was verified at this version or later has joined again. */
    stamp: Type.Optional(LogStamp)
  })
])
export type ThreadSignal = Static<typeof ThreadSignal>

/** `belay.live.user.<user id>`: what reaches one person on every socket. */
export const UserSignal = Type.Object({ kind: Type.Literal('notification'), notification: Notification })
export type UserSignal = Static<typeof UserSignal>

/**
 * `belay.live.access.<user id>`: open sockets of a person must close. A subject of its own, so that the people service
 * alone can publish it.
 */
export const AccessSignal = Type.Object({
  kind: Type.Literal('access_ended'),
  reason: Type.Union([Type.Literal('disabled'), Type.Literal('deleted'), Type.Literal('logged_out')]),
  /** Only sockets of this sign-in (the token's `sid`); absent: all of the person's. */
  sign_in_id: Type.Optional(Id)
})
export type AccessSignal = Static<typeof AccessSignal>

/** `belay.live.presence.<gateway id>`: who has a live socket in which thread, told by each realtime gateway. */
export const PresenceSignal = Type.Union([
  Type.Object({
    kind: Type.Literal('change'),
    gateway_id: Id,
    /** Counts this gateway's changes; a listener that missed one asks for the whole list. */
    version: Type.Integer(),
    thread_id: Id,
    user_id: Id,
    live: Type.Boolean(),
    /** The connection did not answer any more: what was sent to it lately may not have arrived. */
    dead: Type.Optional(Type.Boolean())
  }),
  Type.Object({ kind: Type.Literal('lease'), gateway_id: Id, version: Type.Integer() }),
  Type.Object({ kind: Type.Literal('gone'), gateway_id: Id, version: Type.Integer() })
])
export type PresenceSignal = Static<typeof PresenceSignal>

export const liveSubjects = {
  thread: (threadId: string) => `belay.live.thread.${threadId}`,
  user: (userId: string) => `belay.live.user.${userId}`,
  access: (userId: string) => `belay.live.access.${userId}`,
  everyAccess: 'belay.live.access.*',
  presence: (gatewayId: string) => `belay.live.presence.${gatewayId}`,
  everyPresence: 'belay.live.presence.*',
  /** Somebody who keeps presence has just started: every realtime gateway renews its lease at once. */
  presenceCall: 'belay.live.presence-call'
} as const

/** How often a realtime gateway renews its presence, and after what silence it counts as gone. */
export const presenceLease = { renewMs: 5_000, expiresMs: 15_000 } as const
