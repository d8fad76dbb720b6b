import { SessionAccepted } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Inbox } from '#src/inbox.ts'
import { notifyOfSession } from '#src/notifications/notify-of-session.ts'
import { push } from '#src/notifications/notify.ts'
import { resolve } from '#src/reading/resolve.ts'
import type { NotificationsDatabase } from '#src/schema.ts'

export const sessionAccepted = (inbox: Inbox) =>
  defineSubscriber<NotificationsDatabase>()({
    durable: 'notifications-session-accepted',
    event: SessionAccepted,
    async handle({ event, trx, afterCommit }) {
      const { inviter_id, invitee_id, session_id } = event.data
      const created = await notifyOfSession(trx, inbox, {
        event,
        type: 'session_accepted',
        recipientId: inviter_id,
        aboutId: invitee_id
      })
      await resolve(
        trx,
        { userId: invitee_id, type: 'session_invited', subjectId: session_id },
        inbox.runtime.clock.now()
      )
      afterCommit(() => push(inbox, created))
    }
  })
