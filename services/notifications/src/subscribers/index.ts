import { accountSubscribers, blockSubscribers } from '@belay/people-projection'
import type { Notifications } from '#src/context.ts'
import { deleteNotificationsOf } from '#src/notifications/notifications.repository.ts'
import { updateReadBetween } from '#src/reading/resolutions.repository.ts'
import type { NotificationsDatabase } from '#src/schema.ts'
import { buddySessionCancelled } from './buddy-session-cancelled.ts'
import { buddySessionCompleted } from './buddy-session-completed.ts'
import { buddySessionScheduled } from './buddy-session-scheduled.ts'
import { eventCancelled } from './event-cancelled.ts'
import { eventUpdated } from './event-updated.ts'
import { feedbackGiven } from './feedback-given.ts'
import { matchCreated } from './match-created.ts'
import { messageRequestAccepted } from './message-request-accepted.ts'
import { messageRequestCancelled } from './message-request-cancelled.ts'
import { messageRequestDeclined } from './message-request-declined.ts'
import { messageRequestSent } from './message-request-sent.ts'
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

/** Listed one by one: a subscriber that is not registered would lose data silently. */
export const subscribers = (context: Notifications) => [
  ...accountSubscribers<NotificationsDatabase>('notifications', {
    onErased: (trx, { data }) => deleteNotificationsOf(trx, data.id)
  }),
  ...blockSubscribers<NotificationsDatabase>('notifications', {
    async onBlocked(trx, { data }, isLatest) {
      if (isLatest) await updateReadBetween(trx, [data.blocker_id, data.blocked_id], context.runtime.clock.now())
    }
  }),
  sessionInvited(context),
  sessionAccepted(context),
  sessionDeclined(context),
  sessionCancelled(context),
  sessionCompleted(context),
  feedbackGiven(context),
  buddySessionScheduled(context),
  buddySessionCompleted(context),
  buddySessionCancelled(context),
  requestSubmitted(context),
  requestAccepted(context),
  requestDeclined(context),
  requestWithdrawn(context),
  eventUpdated(context),
  eventCancelled(context),
  matchCreated(context),
  messageRequestSent(context),
  messageRequestAccepted(context),
  messageRequestDeclined(context),
  messageRequestCancelled(context),
  messageSent(context),
  threadRead(context),
  threadMemberLeft(context)
]
