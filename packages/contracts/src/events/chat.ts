import { Type } from 'typebox'
import { MessageKind, ThreadContext } from '../chat.ts'
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
  description: 'Somebody is no longer in a conversation and gets nothing more from it.',
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
  description: 'A conversation takes no more messages; it stays readable.',
  data: Type.Object({ thread_id: Id, context: ThreadContext, context_id: Id, reason: Type.String() })
})

export const MessageSent = defineEvent({
  source: 'chat',
  entity: 'message',
  verb: 'sent',
  version: 1,
  description: 'A message is on disk. `member_ids` are the people of the thread, up to 50; larger threads name none.',
  data: Type.Object({
    message_id: Id,
    thread_id: Id,
    context: ThreadContext,
    context_id: Id,
    seq: Type.Integer({ minimum: 1 }),
    kind: MessageKind,
    sender_id: Nullable(Id),
    /** Of a system message about a person, without their name. */
    body: Type.String(),
    /** Who a system message is about. */
    subject_user_id: Type.Optional(Id),
    created_at: Timestamp,
    member_ids: Type.Array(Id, { maxItems: 50 })
  })
})

export const ThreadRead = defineEvent({
  source: 'chat',
  entity: 'thread',
  verb: 'read',
  version: 1,
  description: 'Somebody has read a conversation up to a message.',
  data: Type.Object({ thread_id: Id, user_id: Id, last_read_seq: Type.Integer({ minimum: 0 }) })
})

export const ThreadMemberJoined = defineEvent({
  source: 'chat',
  entity: 'thread',
  verb: 'member-joined',
  version: 1,
  description: 'Somebody came into a conversation that was open already.',
  data: Type.Object({ thread_id: Id, user_id: Id })
})
