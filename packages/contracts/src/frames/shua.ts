import { Type } from 'typebox'
import { ThreadMessage } from '../http/shua.ts'
import { Notification } from '../notifications.ts'
import { Id } from '../text.ts'
import { ResetFrame } from './reset.ts'

/** What a client may send on `/ws/{user_id}`. */
export const ThreadClientFrame = Type.Union([
  Type.Object({
    type: Type.Literal('join_thread'),
    thread_id: Type.String({ maxLength: 64 }),
    after_seq: Type.Optional(Type.Integer({ minimum: 0 })),
    epoch: Type.Optional(Type.String({ maxLength: 64, description: 'Of the log that `after_seq` is a place in.' }))
  }),
  Type.Object({ type: Type.Literal('leave_thread'), thread_id: Type.String({ maxLength: 64 }) })
])

/** What the server sends there. */
export const ThreadServerFrame = Type.Union([
  Type.Object({ type: Type.Literal('joined_thread'), thread_id: Id, last_seq: Type.Integer(), epoch: Type.String() }),
  ResetFrame,
  Type.Object({ type: Type.Literal('left_thread'), thread_id: Type.String() }),
  Type.Object({ type: Type.Literal('new_message'), thread_id: Id, message: ThreadMessage }),
  Type.Object({ type: Type.Literal('notification'), notification: Notification }),
  Type.Object({
    type: Type.Literal('error'),
    code: Type.String(),
    detail: Type.String(),
    thread_id: Type.Optional(Type.String())
  })
])
