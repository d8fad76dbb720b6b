import { type Static, Type } from 'typebox'
import { ClientMsgId, type DirectMessage, MessageRequestStatus, MessageType } from '../../chat.ts'
import { ReportReason } from '../../people.ts'
import { Cursor, Id, Nullable, Text, Timestamp } from '../../text.ts'

/** The envelope of every VibesMatch answer. */
export function Success<T extends Parameters<typeof Type.Array>[0]>(data: T) {
  return Type.Object({ success: Type.Literal(true), data })
}

/** The same, for lists that go on. */
export function SuccessPage<T extends Parameters<typeof Type.Array>[0]>(data: T) {
  return Type.Object({
    success: Type.Literal(true),
    data,
    meta: Type.Object({
      pagination: Type.Object({ cursor: Type.Union([Type.String(), Type.Null()]), hasMore: Type.Boolean() })
    })
  })
}

/** The data of a call that answers with words alone. */
export const Done = Type.Object({ message: Type.String() })

/** A list that goes on: `cursor` is the one of the page before. */
export const CursorQuery = Type.Object({
  cursor: Type.Optional(Cursor),
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 })
})

export const BlockBody = Type.Object({ reason: Type.Optional(Nullable(Text({ min: 0, max: 100 }))) })

export const BlockedUser = Type.Object({ id: Id, name: Type.String(), profile_photos: Type.Array(Type.String()) })

export const DirectReportBody = Type.Object({
  reason: ReportReason,
  description: Type.Optional(Nullable(Text({ min: 0, max: 2000 })))
})

export const DirectReportSubmitted = Type.Object({ message: Type.String(), report_id: Id })

export const LikeResult = Type.Object({ matched: Type.Boolean(), match_id: Nullable(Id) })

/** A person in discovery and among the matches. `age` is null without a birthdate. */
export const DiscoveredUser = Type.Object({
  id: Id,
  name: Type.String(),
  profile_photos: Type.Array(Type.String()),
  bio: Type.String(),
  age: Nullable(Type.Integer())
})

export const Match = Type.Object({ match_id: Id, user: DiscoveredUser, created_at: Timestamp })

/** The other person of a conversation. */
export const ConversationUser = Type.Object({
  id: Id,
  name: Type.String(),
  profile_photos: Type.Array(Type.String()),
  is_online: Type.Boolean(),
  last_active: Nullable(Timestamp)
})

export const ConversationSummary = Type.Object({
  id: Id,
  user: ConversationUser,
  last_message: Nullable(
    Type.Object({
      id: Id,
      content: Type.String(),
      sender_id: Nullable(Id),
      message_type: MessageType,
      created_at: Timestamp,
      is_read: Type.Boolean(),
      seq: Type.Integer()
    })
  ),
  unread_count: Type.Integer(),
  last_activity: Timestamp,
  status: Type.Union([Type.Literal('active'), Type.Literal('archived')]),
  epoch: Type.String()
})

export const ConversationsQuery = Type.Object({
  cursor: Type.Optional(Cursor),
  limit: Type.Integer({ minimum: 1, maximum: 50, default: 20 }),
  type: Type.Union([Type.Literal('active'), Type.Literal('archived')], { default: 'active' })
})

export const ConversationMessagesQuery = Type.Object({
  cursor: Type.Optional(
    Type.String({ maxLength: 64, description: 'The id of the oldest message of the page before.' })
  ),
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 50 })
})

/** A message of a conversation, as its two people see it. */
export const ConversationMessage = Type.Object({
  id: Id,
  conversation_id: Id,
  sender_id: Nullable(Id),
  receiver_id: Nullable(Id),
  content: Type.String(),
  message_type: MessageType,
  is_request: Type.Boolean(),
  request_status: Nullable(MessageRequestStatus),
  is_read: Type.Boolean(),
  read_at: Nullable(Timestamp),
  created_at: Timestamp,
  seq: Type.Integer({ minimum: 1 }),
  client_msg_id: Nullable(Type.String())
})

/** Returns a message in the form that HTTP and sockets share. */
export function toConversationMessage(message: Static<typeof DirectMessage>): Static<typeof ConversationMessage> {
  const { id, sender_id, created_at, seq, client_msg_id, request_status, read_at } = message
  return {
    id,
    conversation_id: message.thread_id,
    sender_id,
    receiver_id: message.receiver_id ?? null,
    content: message.body,
    message_type: message.message_type ?? 'text',
    is_request: request_status !== null,
    request_status,
    is_read: read_at !== null,
    read_at,
    created_at,
    seq,
    client_msg_id
  }
}

/** Longer than any message may be, so that a text that is too long has an error of its own. */
const Content = Text({ max: 262_144 })

export const MessageRequestBody = Type.Object({ receiver_id: Id, content: Content })

/** `status` is `accepted`, with the conversation and the match, when it answered the receiver's own request. */
export const MessageRequestSentResult = Type.Object({
  request_id: Id,
  message_id: Id,
  message: Type.String(),
  preview_text: Type.String(),
  status: Type.Union([Type.Literal('pending'), Type.Literal('accepted')]),
  conversation_id: Type.Optional(Id),
  match_id: Type.Optional(Id)
})

export const RespondBody = Type.Object({ action: Type.Union([Type.Literal('accept'), Type.Literal('decline')]) })

export const RespondResult = Type.Object({
  message: Type.String(),
  conversation_id: Type.Optional(Id),
  match_created: Type.Optional(Type.Boolean()),
  match_id: Type.Optional(Id)
})

export const SendBody = Type.Object({
  receiver_id: Id,
  content: Content,
  message_type: Type.Optional(Type.String({ maxLength: 64, description: '`text` (default), `image` or `emoji`.' })),
  client_msg_id: Type.Optional(Nullable(ClientMsgId))
})

export const SendResult = Type.Object({
  message_id: Id,
  conversation_id: Id,
  message: Type.String(),
  created_at: Timestamp,
  seq: Type.Integer({ minimum: 1 })
})

export const MessageRequestsQuery = Type.Object({
  type: Type.Union([Type.Literal('received'), Type.Literal('sent')], { default: 'received' }),
  status: Type.Optional(MessageRequestStatus),
  cursor: Type.Optional(Cursor),
  limit: Type.Integer({ minimum: 1, maximum: 50, default: 20 })
})

const RequestPerson = Type.Object({ ...ConversationUser.properties, age: Nullable(Type.Integer()) })

/** With its `sender` for its receiver, and with its `receiver` for its sender. */
export const MessageRequestItem = Type.Object({
  id: Id,
  message_id: Id,
  sender: Type.Optional(RequestPerson),
  receiver: Type.Optional(RequestPerson),
  preview_text: Type.String(),
  status: MessageRequestStatus,
  created_at: Timestamp
})

export const ReadResult = Type.Object({ message: Type.String(), read_at: Timestamp })
