import { SessionCancelled } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Inbox } from '#src/inbox.ts'
import { notifyOfSession, otherPerson } from '#src/notifications/notify-of-session.ts'
import { push } from '#src/notifications/notify.ts'
import { resolve } from '#src/reading/resolve.ts'
import type { NotificationsDatabase } from '#src/schema.ts'

/** A block is nobody else's business: what it cancels is cancelled in silence. */
export const sessionCancelled = (inbox: Inbox) =>
  defineSubscriber<NotificationsDatabase>()({
    durable: 'notifications-session-cancelled',
    event: SessionCancelled,
    async handle({ event, trx, afterCommit }) {
      const { actor_id, cause, invitee_id, session_id } = event.data
      if (cause !== 'block' && actor_id !== null) {
        const created = await notifyOfSession(trx, inbox, {
          event,
          type: 'session_cancelled',
          recipientId: otherPerson(event.data, actor_id),
          aboutId: cause === 'account_deleted' ? null : actor_id
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
