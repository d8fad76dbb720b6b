import type { Notifications } from '#src/context.ts'
import { eventCancelled } from './event-cancelled.ts'
import { eventUpdated } from './event-updated.ts'
import { feedbackGiven } from './feedback-given.ts'
import { messageSent } from './message-sent.ts'
import { requestAccepted } from './request-accepted.ts'
import { requestDeclined } from './request-declined.ts'
import { requestSubmitted } from './request-submitted.ts'
import { requestWithdrawn } from './request-withdrawn.ts'
import { sessionAccepted } from './session-accepted.ts'
import { sessionCancelled } from './session-cancelled.ts'
import { sessionCompleted } from './session-completed.ts'
import { sessionDeclined } from './session-declined.ts'
import { sessionInvited } from './session-invited.ts'
import { threadMemberLeft } from './thread-member-left.ts'
import { threadRead } from './thread-read.ts'
import { userBlocked } from './user-blocked.ts'
import { userDeleted } from './user-deleted.ts'
import { userRegistered } from './user-registered.ts'
import { userUnblocked } from './user-unblocked.ts'
import { userUpdated } from './user-updated.ts'

/** Listed one by one: a subscriber that is not registered would lose data silently. */
export const subscribers = (context: Notifications) => [
  userRegistered,
  userUpdated,
  userDeleted,
  userBlocked(context),
  userUnblocked,
  sessionInvited(context),
  sessionAccepted(context),
  sessionDeclined(context),
  sessionCancelled(context),
  sessionCompleted(context),
  feedbackGiven(context),
  requestSubmitted(context),
  requestAccepted(context),
  requestDeclined(context),
  requestWithdrawn(context),
  eventUpdated(context),
  eventCancelled(context),
  messageSent(context),
  threadRead(context),
  threadMemberLeft(context)
]
