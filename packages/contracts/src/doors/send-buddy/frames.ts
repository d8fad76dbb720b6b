import { Type } from 'typebox'
import { ClientMsgId, maxMessageLength } from '../../chat.ts'
import { Notification } from '../../notifications.ts'
import { SessionStatus } from '../../sessions.ts'
import { Id, Nullable, Text, Timestamp } from '../../text.ts'
import { ResetFrame } from '../sockets.ts'

/** What a client may send on `/ws/sessions/{id}/`. */
export const SessionClientFrame = Type.Union([
  Type.Object(
    {
      type: Type.Literal('message'),
      content: Text({ max: maxMessageLength }),
      client_msg_id: Type.Optional(Nullable(ClientMsgId))
    },
    { description: 'Sends a message. Sends with the same `client_msg_id` are one message.' }
  ),
  Type.Object(
    { type: Type.Literal('typing'), is_typing: Type.Boolean() },
    { description: 'The client started or stopped typing.' }
  )
])

/** What the server sends there. */
export const SessionServerFrame = Type.Union([
  Type.Object(
    {
      type: Type.Literal('message'),
      message_id: Id,
      content: Type.String(),
      sender_id: Nullable(Id),
      sender_name: Nullable(Type.String()),
      created_at: Timestamp,
      seq: Type.Integer(),
      client_msg_id: Nullable(Type.String())
    },
    {
      description:
        "A message, delivered once and in the order of `seq`, including the caller's own, with their `client_msg_id`."
    }
  ),
  Type.Object(
    {
      type: Type.Literal('typing'),
      sender_id: Id,
      sender_name: Type.String(),
      is_typing: Type.Boolean()
    },
    { description: 'The other person started or stopped typing.' }
  ),
  Type.Object(
    {
      type: Type.Literal('session'),
      session_id: Id,
      status: SessionStatus,
      updated_at: Timestamp
    },
    { description: 'The status of the session changed.' }
  ),
  Type.Object(
    { type: Type.Literal('read'), user_id: Id, last_read_seq: Type.Integer() },
    { description: 'How far a person has read.' }
  ),
  ResetFrame,
  Type.Object(
    { type: Type.Literal('notification'), notification: Notification },
    { description: "A new entry in the caller's inbox." }
  ),
  Type.Object(
    {
      type: Type.Literal('error'),
      code: Type.String(),
      detail: Type.String(),
      client_msg_id: Type.Optional(Type.String({ description: 'That of the rejected message, if it had one.' })),
      retry_after_seconds: Type.Optional(Type.Integer({ description: 'Seconds until the exceeded rate limit resets.' }))
    },
    { description: 'A frame from the client was rejected; the socket stays open.' }
  )
])

/** Why the server closes a session socket. 4001–4004 are what clients of the Send Buddy API read. */
export const sessionCloseCodes = Object.freeze({
  noToken: 4001,
  userNotFound: 4002,
  badToken: 4003,
  notAParticipant: 4004,
  tooManyConnections: 1008,
  tooLarge: 1009,
  restarting: 1012,
  tooSlow: 1013,
  tryAgainLater: 1013
})
