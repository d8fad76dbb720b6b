import { Type } from 'typebox'
import { MessageKind, MessageType, ThreadContext } from '../chat.ts'
import { Id, Nullable, Timestamp } from '../text.ts'
import { defineEvent } from './define-event.ts'

export const ThreadCreated = defineEvent({
  source: 'chat',
  entity: 'thread',
  verb: 'created',
  version: 1,
  description: 'A conversation opened for a plan.',
  data: Type.Object({
    thread_id: Id,
    context: ThreadContext,
    context_id: Id,
    member_ids: Type.Array(Id, { maxItems: 1000 })
  })
})

export const ThreadMemberLeft = defineEvent({
  source: 'chat',
  entity: 'thread',
  verb: 'member-left',
  version: 1,
  description: 'A person left a conversation or was removed; nothing further is delivered to them.',
  data: Type.Object({
    thread_id: Id,
    user_id: Id,
    /** The `seq` of the newest message they could read. */
    last_seq: Type.Optional(Type.Integer({ minimum: 0 }))
  })
})

export const ThreadLocked = defineEvent({
  source: 'chat',
  entity: 'thread',
  verb: 'locked',
  version: 1,
  description: 'A conversation accepts no more messages; it stays readable.',
  data: Type.Object({ thread_id: Id, context: ThreadContext, context_id: Id, reason: Type.String() })
})

export const MessageSent = defineEvent({
  batched: true,
  source: 'chat',
  entity: 'message',
  verb: 'sent',
  version: 1,
  description:
    'A message is stored. `member_ids` lists the members of the thread, up to 50; it is empty for larger threads.',
  data: Type.Object({
    message_id: Id,
    thread_id: Id,
    context: ThreadContext,
    context_id: Id,
    seq: Type.Integer({ minimum: 1 }),
    kind: MessageKind,
    sender_id: Nullable(Id),
    /** A system message about a person does not contain their name. */
    body: Type.String(),
    /** The person a system message is about. */
    subject_user_id: Type.Optional(Id),
    /** Of messages between two people; the body of an image is its URL. */
    message_type: Type.Optional(MessageType),
    created_at: Timestamp,
    member_ids: Type.Array(Id, { maxItems: 50 })
  })
})

export const ThreadRead = defineEvent({
  source: 'chat',
  entity: 'thread',
  verb: 'read',
  version: 1,
  description: 'A person has read a conversation up to a message.',
  data: Type.Object({ thread_id: Id, user_id: Id, last_read_seq: Type.Integer({ minimum: 0 }) })
})

export const ThreadMemberJoined = defineEvent({
  source: 'chat',
  entity: 'thread',
  verb: 'member-joined',
  version: 1,
  description: 'A person joined a conversation that was already open.',
  data: Type.Object({ thread_id: Id, user_id: Id })
})

const MessageRequest = Type.Object({
  request_id: Id,
  /** Of the conversation that accepting opens, and of the match. */
  conversation_id: Id,
  sender_id: Id,
  receiver_id: Id
})

export const MessageRequestSent = defineEvent({
  source: 'chat',
  entity: 'message-request',
  verb: 'sent',
  version: 1,
  description: 'A person asked another to chat. The text is not included.',
  data: MessageRequest,
  informs: ['people', 'notifications']
})

export const MessageRequestAccepted = defineEvent({
  source: 'chat',
  entity: 'message-request',
  verb: 'accepted',
  version: 1,
  description: 'The receiver accepted, replied, or liked the sender back; the two match.',
  data: MessageRequest,
  appliedBy: ['people'],
  informs: ['notifications']
})

export const MessageRequestDeclined = defineEvent({
  source: 'chat',
  entity: 'message-request',
  verb: 'declined',
  version: 1,
  description: 'The receiver declined.',
  data: MessageRequest,
  informs: ['notifications']
})

export const MessageRequestCancelled = defineEvent({
  source: 'chat',
  entity: 'message-request',
  verb: 'cancelled',
  version: 1,
  description: 'The sender, a block or an erased account withdrew a message request.',
  data: MessageRequest,
  informs: ['notifications']
})

export const ConversationStarted = defineEvent({
  source: 'chat',
  entity: 'conversation',
  verb: 'started',
  version: 1,
  description: 'A premium person wrote to someone without a match.',
  data: Type.Object({ conversation_id: Id, sender_id: Id, receiver_id: Id }),
  informs: ['people']
})
