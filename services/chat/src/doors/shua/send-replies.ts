import { withExtras } from '@belay/kit'
import { DuplicateMessage } from '#src/errors.ts'
import type { SendReplies } from '../reply-to-send.ts'
import { toError } from './errors.ts'
import { presentMessage } from './present-message.ts'

/** A repeated `client_msg_id` is refused, with the message that was stored under it. */
export const sendReplies: SendReplies = {
  present: presentMessage,
  presentRepeated: (message) => {
    throw withExtras(new DuplicateMessage(), { members: { message: presentMessage(message) } })
  },
  toError,
  limit: 'direct'
}
