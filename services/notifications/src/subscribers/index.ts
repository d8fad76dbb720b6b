import type { Inbox } from '#src/inbox.ts'
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

/** Listed one by one: a subscriber that nobody registers would lose data silently. */
export const subscribers = (inbox: Inbox) => [
  userRegistered,
  userUpdated,
  userDeleted,
  userBlocked(inbox),
  userUnblocked,
  sessionInvited(inbox),
  sessionAccepted(inbox),
  sessionDeclined(inbox),
  sessionCancelled(inbox),
  sessionCompleted(inbox),
  feedbackGiven(inbox),
  requestSubmitted(inbox),
  requestAccepted(inbox),
  requestDeclined(inbox),
  requestWithdrawn(inbox),
  eventUpdated(inbox),
  eventCancelled(inbox),
  messageSent(inbox),
  threadRead(inbox),
  threadMemberLeft(inbox)
]
