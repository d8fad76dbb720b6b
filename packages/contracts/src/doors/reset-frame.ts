import { Type } from 'typebox'
import { Id } from '../text.ts'

/**
 * The log cannot be continued from the place where the client stands: it drops what it holds of the thread and reads it
 * again. Messages after `last_seq` follow live.
 */
export const ResetFrame = Type.Object(
  {
    type: Type.Literal('reset'),
    thread_id: Id,
    epoch: Type.String(),
    last_seq: Type.Integer()
  },
  { description: 'The log cannot be continued from where the client stands: it reads the thread again.' }
)
