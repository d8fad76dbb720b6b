import { Type } from 'typebox'
import { ClientMsgId, DirectMessage, LogStamp, Message, MessageType } from '../chat.ts'
import { Id, Nullable, Timestamp } from '../text.ts'
import { defineQuestion } from './define-question.ts'

/** Why a message was rejected. */
export const AppendRefusal = Type.Union([
  Type.Literal('thread_not_found'),
  Type.Literal('not_a_member'),
  Type.Literal('thread_locked'),
  Type.Literal('host_only'),
  Type.Literal('rate_limited'),
  Type.Literal('account_disabled'),
  Type.Literal('unavailable')
])

export const AppendOutcome = Type.Union([
  /** `repeated`: this `client_msg_id` was stored before; `message` is the first one. */
  Type.Object({ ok: Type.Literal(true), repeated: Type.Boolean(), message: Message, stamp: LogStamp }),
  Type.Object({
    ok: Type.Literal(false),
    reason: AppendRefusal,
    /** Human-readable; names the state that prevents it. */
    detail: Type.String(),
    retry_after_seconds: Type.Optional(Type.Integer())
  })
])

/** The sends that a gateway gathered while its last question was on its way; the outcomes come in the same order. */
export const AppendMessages = defineQuestion({
  service: 'chat',
  method: 'append-messages',
  input: Type.Object({
    messages: Type.Array(
      Type.Object({
        thread_id: Id,
        sender_id: Id,
        body: Type.String(),
        client_msg_id: Nullable(ClientMsgId),
        /** Of direct conversations; text by default. */
        message_type: Type.Optional(MessageType)
      }),
      { minItems: 1, maxItems: 500 }
    )
  }),
  output: Type.Object({ outcomes: Type.Array(AppendOutcome) })
})

/** May this person subscribe to this thread, and what is its current position? */
export const JoinThread = defineQuestion({
  service: 'chat',
  method: 'join-thread',
  input: Type.Object({ thread_id: Id, user_id: Id }),
  output: Type.Union([
    Type.Object({
      ok: Type.Literal(true),
      last_seq: Type.Integer(),
      /** Membership was verified at this version. */
      stamp: LogStamp,
      user_name: Type.String()
    }),
    Type.Object({
      ok: Type.Literal(false),
      reason: Type.Union([
        Type.Literal('user_not_found'),
        Type.Literal('account_disabled'),
        Type.Literal('thread_not_found'),
        Type.Literal('not_a_member')
      ])
    })
  ])
})

/** Why a person may not read a thread. */
const ReaderRefusal = Type.Union([
  Type.Literal('not_a_member'),
  Type.Literal('account_disabled'),
  Type.Literal('user_not_found')
])

/**
 * The messages after a `seq`, oldest first, one bounded page for several readers. Messages and memberships are read at
 * the same instant; if none of the readers may read, no messages are returned.
 */
export const ListMessagesAfter = defineQuestion({
  service: 'chat',
  method: 'list-messages-after',
  input: Type.Object({
    thread_id: Id,
    after_seq: Type.Integer({ minimum: 0 }),
    limit: Type.Integer({ minimum: 1, maximum: 200 }),
    reader_ids: Type.Array(Id, { minItems: 1, maxItems: 1000 })
  }),
  output: Type.Object({
    messages: Type.Array(Message),
    last_seq: Type.Integer(),
    /** The other readers' memberships were verified at this version. */
    stamp: LogStamp,
    /** Readers who may not see these messages. */
    ended: Type.Array(Type.Object({ user_id: Id, reason: ReaderRefusal }))
  })
})

/** Positions of threads and which subscribers are no longer members. Asked after a lost connection, and at a slow rate. */
export const CheckSubscriptions = defineQuestion({
  service: 'chat',
  method: 'check-subscriptions',
  input: Type.Object({
    subscriptions: Type.Array(Type.Object({ thread_id: Id, user_id: Id }), { minItems: 1, maxItems: 1000 })
  }),
  output: Type.Object({
    epoch: Type.String(),
    threads: Type.Array(Type.Object({ thread_id: Id, last_seq: Type.Integer() })),
    ended: Type.Array(Type.Object({ thread_id: Id, user_id: Id, reason: ReaderRefusal }))
  })
})

/** What a list of plans shows of their conversations to one reader. Threads the reader is not in are omitted. */
export const SummariseThreads = defineQuestion({
  service: 'chat',
  method: 'summarise-threads',
  input: Type.Object({ user_id: Id, thread_ids: Type.Array(Id, { maxItems: 100 }) }),
  output: Type.Object({
    threads: Type.Array(
      Type.Object({
        thread_id: Id,
        unread_count: Type.Integer(),
        last_message_at: Nullable(Timestamp),
        last_message: Nullable(Message)
      })
    )
  })
})

/** The reader's most recently active session conversations, newest first: the order of a list of plans. */
export const ListThreadActivity = defineQuestion({
  service: 'chat',
  method: 'list-thread-activity',
  input: Type.Object({ user_id: Id, limit: Type.Integer({ minimum: 1, maximum: 1000 }) }),
  output: Type.Object({
    threads: Type.Array(Type.Object({ thread_id: Id, last_message_at: Timestamp }))
  })
})

/** The newest messages of a conversation, oldest first. */
export const ListNewestMessages = defineQuestion({
  service: 'chat',
  method: 'list-newest-messages',
  input: Type.Object({ thread_id: Id, limit: Type.Integer({ minimum: 1, maximum: 200 }) }),
  output: Type.Object({ messages: Type.Array(Message), last_message_at: Nullable(Timestamp), epoch: Type.String() })
})

/**
 * "The log can no longer be continued from an earlier position": starts a new epoch for all threads. Part of restoring the
 * database from a backup; repeating it is harmless.
 */
export const BeginEpoch = defineQuestion({
  service: 'chat',
  method: 'begin-epoch',
  input: Type.Object({}),
  output: Type.Object({ epoch: Type.String() })
})

/**
 * A person likes another, who did (`is_mutual`) or did not like them before: a pending message request from the other is
 * accepted. `conversation_id`, also that of the match, is null when neither makes a match. Repeating it is harmless.
 */
export const AnswerLike = defineQuestion({
  service: 'chat',
  method: 'answer-like',
  input: Type.Object({ liker_id: Id, liked_id: Id, is_mutual: Type.Boolean() }),
  output: Type.Object({ conversation_id: Nullable(Id) })
})

/** The newest messages that one person wrote to another up to a time, oldest first, in all conversations of the two alone. */
export const ListMessagesBetween = defineQuestion({
  service: 'chat',
  method: 'list-messages-between',
  input: Type.Object({
    sender_id: Id,
    receiver_id: Id,
    until: Type.Optional(Timestamp),
    limit: Type.Integer({ minimum: 1, maximum: 50 })
  }),
  output: Type.Object({ messages: Type.Array(Message) })
})

/** A person's active direct conversations, the most recently active first, to subscribe to all of them at once. */
export const JoinConversations = defineQuestion({
  service: 'chat',
  method: 'join-conversations',
  input: Type.Object({
    user_id: Id,
    limit: Type.Integer({ minimum: 1, maximum: 1000 }),
    /** Only these, such as one that has just opened. */
    conversation_ids: Type.Optional(Type.Array(Id, { maxItems: 1000 }))
  }),
  output: Type.Union([
    Type.Object({
      ok: Type.Literal(true),
      user_name: Type.String(),
      conversations: Type.Array(
        Type.Object({ conversation_id: Id, peer_id: Id, last_seq: Type.Integer(), stamp: LogStamp })
      )
    }),
    Type.Object({
      ok: Type.Literal(false),
      reason: Type.Union([Type.Literal('user_not_found'), Type.Literal('account_disabled')])
    })
  ])
})

/** Why a person may not write to another, or read what they wrote to each other. */
export const DirectRefusal = Type.Union([
  Type.Literal('conversation_not_found'),
  Type.Literal('message_not_found'),
  Type.Literal('user_not_found'),
  Type.Literal('user_blocked'),
  Type.Literal('unauthorized_action'),
  Type.Literal('content_too_long'),
  Type.Literal('invalid_message_type'),
  Type.Literal('invalid_input'),
  Type.Literal('rate_limited'),
  Type.Literal('account_disabled')
])

const refused = Type.Object({
  ok: Type.Literal(false),
  reason: DirectRefusal,
  detail: Type.String(),
  retry_after_seconds: Type.Optional(Type.Integer())
})

/** Writes to a person over a socket: opens a conversation or accepts a request where that is what a first message means. */
export const SendDirectMessage = defineQuestion({
  service: 'chat',
  method: 'send-direct-message',
  input: Type.Object({
    sender_id: Id,
    receiver_id: Type.Optional(Id),
    /** At least one of the two is given; if both are, they belong together. */
    conversation_id: Type.Optional(Id),
    body: Type.String(),
    message_type: Type.String(),
    client_msg_id: Nullable(ClientMsgId)
  }),
  output: Type.Union([
    Type.Object({ ok: Type.Literal(true), repeated: Type.Boolean(), message: Message, stamp: LogStamp }),
    refused
  ])
})

/** Marks a message of a direct conversation, and everything before it, as read by one of its two people. */
export const MarkMessageRead = defineQuestion({
  service: 'chat',
  method: 'mark-message-read',
  input: Type.Object({ user_id: Id, message_id: Id }),
  output: Type.Union([Type.Object({ ok: Type.Literal(true), read_at: Timestamp }), refused])
})

/** What one of the two people of a direct conversation missed after a message, oldest first. */
export const ListMissedMessages = defineQuestion({
  service: 'chat',
  method: 'list-missed-messages',
  input: Type.Object({
    user_id: Id,
    conversation_id: Id,
    after_message_id: Id,
    limit: Type.Integer({ minimum: 1, maximum: 200 })
  }),
  output: Type.Union([
    Type.Object({ ok: Type.Literal(true), messages: Type.Array(DirectMessage), has_more: Type.Boolean() }),
    refused
  ])
})
