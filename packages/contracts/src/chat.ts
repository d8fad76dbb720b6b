import { type Static, Type } from 'typebox'
import { Id, Nullable, Text, Timestamp } from './text.ts'

/** What a thread belongs to. Every conversation has exactly one context. */
export const ThreadContext = Type.Union([
  Type.Literal('session'),
  Type.Literal('event'),
  Type.Literal('request'),
  Type.Literal('direct')
])

export const MessageKind = Type.Union([Type.Literal('user'), Type.Literal('system')])

/** What a message of a direct conversation contains. */
export const MessageType = Type.Union([Type.Literal('text'), Type.Literal('image'), Type.Literal('emoji')])
export type MessageType = Static<typeof MessageType>

export const MessageRequestStatus = Type.Union([
  Type.Literal('pending'),
  Type.Literal('accepted'),
  Type.Literal('declined'),
  Type.Literal('cancelled')
])
export type MessageRequestStatus = Static<typeof MessageRequestStatus>

/** A message as stored; each front door presents it in its own format. `seq` runs from 1 in each thread, without gaps. */
export const Message = Type.Object({
  id: Id,
  thread_id: Id,
  seq: Type.Integer({ minimum: 1 }),
  kind: MessageKind,
  sender_id: Nullable(Id),
  sender_name: Nullable(Type.String()),
  body: Type.String(),
  client_msg_id: Nullable(Type.String()),
  created_at: Timestamp,
  /** Of direct conversations only. */
  message_type: Type.Optional(MessageType),
  /** The other person of a direct conversation; absent for system messages. */
  receiver_id: Type.Optional(Id)
})
export type Message = Static<typeof Message>

/**
 * The state of the log that a message belongs to. A reader of another epoch, or one whose membership was verified at a
 * lower version only, has to be verified before it is shown the message.
 */
export const LogStamp = Type.Object({
  /** Changes when the log can no longer be continued from an earlier position. */
  epoch: Type.String(),
  /** Grows with every removal of a member, in the transaction of the removal. */
  members_version: Type.Integer({ minimum: 0 })
})
export type LogStamp = Static<typeof LogStamp>

/** A message of a direct conversation as one of its two people sees it. */
export const DirectMessage = Type.Object({
  ...Message.properties,
  /** The message began the conversation as a request, with this outcome; null: it was an ordinary one. */
  request_status: Nullable(MessageRequestStatus),
  /** When its receiver read it; null when they have not, or when the viewer may not see it. */
  read_at: Nullable(Timestamp)
})
export type DirectMessage = Static<typeof DirectMessage>

/** Chosen by a client, so that a repeated send is recognised. */
export const ClientMsgId = Text({ max: 64 })

/** The longest text of one message, in code points. */
export const maxMessageLength = 2000

/** The longest text of a message request, and the longest emoji message, in code points. */
export const maxRequestLength = 250
export const maxEmojiLength = 32
