import { AccountDisabled, InvalidInput, type Limit, RateLimited } from '@belay/kit'
import type { ReadingRefused } from '#src/conversations/reading-refusals.ts'
import type { DirectRefused } from '#src/conversations/refusals.ts'
import {
  ContentTooLong,
  ConversationNotFound,
  InvalidMessageType,
  MessageNotFound,
  MessageRequestExists,
  NotAllowed,
  RequestNotFound,
  UserBlocked,
  UserNotFound
} from '#src/errors.ts'
import type { RequestRefused } from '#src/message-requests/refusals.ts'

/** Returns the error of a refusal; `limit` is the one that its rate limit headers describe. */
export function toError(refusal: DirectRefused | RequestRefused | ReadingRefused, limit?: Limit | null): Error {
  switch (refusal.reason) {
    case 'message_request_exists':
      return new MessageRequestExists()
    case 'request_not_found':
      return new RequestNotFound()
    case 'conversation_not_found':
      return new ConversationNotFound()
    case 'message_not_found':
      return new MessageNotFound()
    case 'user_not_found':
      return new UserNotFound()
    case 'user_blocked':
      return new UserBlocked(refusal.detail)
    case 'unauthorized_action':
      return new NotAllowed(refusal.detail)
    case 'content_too_long':
      return new ContentTooLong(refusal.detail)
    case 'invalid_message_type':
      return new InvalidMessageType(refusal.detail)
    case 'invalid_input':
      return new InvalidInput(refusal.detail)
    case 'rate_limited':
      return new RateLimited(refusal.detail, refusal.retry_after_seconds ?? 1, limit ?? undefined)
    case 'account_disabled':
      return new AccountDisabled()
  }
}
