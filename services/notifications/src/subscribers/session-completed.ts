import { SessionCompleted } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Inbox } from '#src/inbox.ts'
import { notifyOfSession, otherPerson } from '#src/notifications/notify-of-session.ts'
import { push } from '#src/notifications/notify.ts'
import { resolve } from '#src/reading/resolve.ts'
import type { NotificationsDatabase } from '#src/schema.ts'

/** Both are asked for feedback, whoever said that the session is over. */
export const sessionCompleted = (inbox: Inbox) =>
  defineSubscriber<NotificationsDatabase>()({
    durable: 'notifications-session-completed',
    event: SessionCompleted,
    async handle({ event, trx, afterCommit }) {
      const { invitee_id, session_id } = event.data
      for (const recipientId of [event.data.inviter_id, event.data.invitee_id]) {
        const created = await notifyOfSession(trx, inbox, {
          event,
          type: 'feedback_requested',
          recipientId,
          aboutId: otherPerson(event.data, recipientId)
        })
        afterCommit(() => push(inbox, created))
      }
      await resolve(
        trx,
        { userId: invitee_id, type: 'session_invited', subjectId: session_id },
        inbox.runtime.clock.now()
      )
    }
  })
