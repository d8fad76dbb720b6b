import { Type } from 'typebox'
import { ThreadMessage } from './http.ts'
import { Notification } from '../../notifications.ts'
import { Id } from '../../text.ts'
import { ResetFrame } from '../sockets.ts'

/** What a client may send on `/ws/{user_id}`. */
export const ThreadClientFrame = Type.Union([
  Type.Object(
    {
      type: Type.Literal('join_thread'),
      thread_id: Type.String({ maxLength: 64 }),
      after_seq: Type.Optional(Type.Integer({ minimum: 0 })),
      epoch: Type.Optional(Type.String({ maxLength: 64, description: 'Of the log that `after_seq` is a place in.' }))
    },
    { description: 'Listens to a thread; `after_seq` replays what came after that place first.' }
  ),
  Type.Object(
    { type: Type.Literal('leave_thread'), thread_id: Type.String({ maxLength: 64 }) },
    { description: 'Listens to a thread no longer.' }
  )
])

/** What the server sends there. */
export const ThreadServerFrame = Type.Union([
  Type.Object(
    { type: Type.Literal('joined_thread'), thread_id: Id, last_seq: Type.Integer(), epoch: Type.String() },
    { description: 'The answer to `join_thread`; what was missed follows.' }
  ),
  ResetFrame,
  Type.Object(
    { type: Type.Literal('left_thread'), thread_id: Type.String() },
    { description: 'The answer to `leave_thread`.' }
  ),
  Type.Object(
    { type: Type.Literal('new_message'), thread_id: Id, message: ThreadMessage },
    { description: "A message of a joined thread, once and in the order of `seq`; one's own too." }
  ),
  Type.Object(
    { type: Type.Literal('notification'), notification: Notification },
    { description: "A new entry of one's inbox." }
  ),
  Type.Object(
    {
      type: Type.Literal('error'),
      code: Type.String(),
      detail: Type.String(),
      thread_id: Type.Optional(Type.String())
    },
    { description: 'What the client sent was not taken, or a thread ended for it; the socket stays open.' }
  )
])
