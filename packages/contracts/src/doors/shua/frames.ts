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
      epoch: Type.Optional(
        Type.String({ maxLength: 64, description: 'The epoch of the log that `after_seq` refers to.' })
      )
    },
    { description: 'Subscribes to a thread; with `after_seq`, messages after that position are replayed first.' }
  ),
  Type.Object(
    { type: Type.Literal('leave_thread'), thread_id: Type.String({ maxLength: 64 }) },
    { description: 'Unsubscribes from a thread.' }
  )
])

/** What the server sends there. */
export const ThreadServerFrame = Type.Union([
  Type.Object(
    { type: Type.Literal('joined_thread'), thread_id: Id, last_seq: Type.Integer(), epoch: Type.String() },
    { description: 'The response to `join_thread`; missed messages follow.' }
  ),
  ResetFrame,
  Type.Object(
    { type: Type.Literal('left_thread'), thread_id: Type.String() },
    { description: 'The response to `leave_thread`.' }
  ),
  Type.Object(
    { type: Type.Literal('new_message'), thread_id: Id, message: ThreadMessage },
    {
      description: "A message of a joined thread, delivered once and in the order of `seq`, including the caller's own."
    }
  ),
  Type.Object(
    { type: Type.Literal('notification'), notification: Notification },
    { description: "A new entry in the caller's inbox." }
  ),
  Type.Object(
    {
      type: Type.Literal('error'),
      code: Type.String(),
      detail: Type.String(),
      thread_id: Type.Optional(Type.String())
    },
    {
      description: 'A frame from the client was rejected, or the client lost access to a thread; the socket stays open.'
    }
  )
])
