import type { Chat } from '#src/context.ts'
import { eventCancelled } from './event-cancelled.ts'
import { eventUpdated } from './event-updated.ts'
import { requestAccepted } from './request-accepted.ts'
import { requestDeclined } from './request-declined.ts'
import { requestWithdrawn } from './request-withdrawn.ts'
import { sessionAccepted } from './session-accepted.ts'
import { sessionCancelled } from './session-cancelled.ts'
import { sessionCompleted } from './session-completed.ts'
import { sessionDeclined } from './session-declined.ts'
import { sessionInvited } from './session-invited.ts'
import { userDeleted } from './user-deleted.ts'
import { userRegistered } from './user-registered.ts'
import { userUpdated } from './user-updated.ts'

/** Listed one by one: a subscriber that nobody registers would lose data silently. */
export const subscribers = (chat: Chat) => [
  userRegistered,
  userUpdated,
  userDeleted,
  sessionInvited(chat),
  sessionAccepted(chat),
  sessionDeclined(chat),
  sessionCancelled(chat),
  sessionCompleted(chat),
  requestAccepted(chat),
  requestDeclined(chat),
  requestWithdrawn(chat),
  eventUpdated(chat),
  eventCancelled(chat)
]
