import { Type } from 'typebox'
import { ClientMsgId, MessageType } from '../../chat.ts'
import { Notification } from '../../notifications.ts'
import { Id, Nullable, Text, Timestamp } from '../../text.ts'

const Typing = Type.Object({ conversation_id: Id })

/** What a client may emit over Socket.IO, by the name of the event. Each may ask for an acknowledgement. */
export const directClientEvents = {
  authenticate: Type.Object(
    { token: Type.String({ maxLength: 8192 }) },
    { description: 'Signs in, unless the handshake brought the token.' }
  ),
  send_message: Type.Object(
    {
      conversation_id: Type.Optional(Nullable(Id)),
      receiver_id: Type.Optional(Nullable(Id)),
      content: Text({ max: 65_536 }),
      message_type: Type.Optional(Type.String({ maxLength: 64 })),
      client_msg_id: Type.Optional(Nullable(ClientMsgId))
    },
    { description: 'Sends a message; the conversation or its other person is enough.' }
  ),
  mark_read: Type.Object({ message_id: Id }, { description: 'Marks a message and everything before it as read.' }),
  typing_start: Type.Object(Typing.properties, { description: 'The caller is typing.' }),
  typing_stop: Type.Object(Typing.properties, { description: 'The caller stopped typing.' }),
  recover: Type.Object(
    { conversation_id: Id, after_message_id: Id },
    {
      description:
        'Asks for the messages after one; the acknowledgement has them. Without one they come as `new_message`.'
    }
  )
} as const

/** What the server emits. */
export const directServerEvents = {
  authenticated: Type.Object({ user_id: Id }, { description: 'The socket is signed in.' }),
  unauthorized: Type.Object(
    { code: Type.String(), message: Type.String() },
    { description: 'The token is missing, bad or expired; the socket is disconnected.' }
  ),
  new_message: Type.Object(
    {
      message_id: Id,
      conversation_id: Id,
      sender_id: Nullable(Id),
      receiver_id: Nullable(Id),
      content: Type.String(),
      message_type: MessageType,
      created_at: Timestamp,
      seq: Type.Integer({ minimum: 1 }),
      client_msg_id: Nullable(Type.String())
    },
    { description: "A message of one of the caller's conversations, once and in the order of `seq`; also their own." }
  ),
  message_read: Type.Object(
    { message_id: Id, conversation_id: Id, read_by: Id, read_at: Timestamp },
    { description: 'The other person read a message and everything before it. For premium people.' }
  ),
  user_typing: Type.Object(
    { conversation_id: Id, user_id: Id, is_typing: Type.Boolean() },
    { description: 'The other person started or stopped typing; it ends by itself after 6 s.' }
  ),
  user_online: Type.Object({ user_id: Id }, { description: 'A person with an active conversation came online.' }),
  user_offline: Type.Object(
    { user_id: Id, last_active: Timestamp },
    { description: 'A person with an active conversation went offline.' }
  ),
  reset: Type.Object(
    { conversation_id: Id, thread_id: Id, epoch: Type.String(), last_seq: Type.Integer() },
    { description: "The log cannot be continued from the client's position: the client must read it again." }
  ),
  notification: Type.Object(Notification.properties, { description: "A new entry in the caller's inbox." }),
  error_event: Type.Object(
    { event: Type.String(), code: Type.String(), message: Type.String() },
    { description: 'An event that asked for no acknowledgement failed.' }
  )
} as const
