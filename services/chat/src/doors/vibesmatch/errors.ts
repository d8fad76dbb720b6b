import type { ReadingRefused } from '#src/conversations/reading-refusals.ts'
import { ConversationNotFound, MessageNotFound, NotAllowed, UserBlocked } from '#src/errors.ts'

/** Returns the error of a refusal. */
export function toError({ reason, detail }: ReadingRefused): Error {
  switch (reason) {
    case 'conversation_not_found':
      return new ConversationNotFound()
    case 'message_not_found':
      return new MessageNotFound()
    case 'user_blocked':
      return new UserBlocked(detail)
    case 'unauthorized_action':
      return new NotAllowed(detail)
  }
}
