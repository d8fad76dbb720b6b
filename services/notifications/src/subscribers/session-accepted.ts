import { SessionAccepted } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Inbox } from '#src/inbox.ts'
import { notifyOfSession } from '#src/notifications/notify-of-session.ts'
import { push } from '#src/notifications/notify.ts'
import type { NotificationsDatabase } from '#src/schema.ts'

export const sessionAccepted = (inbox: Inbox) =>
  defineSubscriber<NotificationsDatabase>()({
    durable: 'notifications-session-accepted',
    event: SessionAccepted,
    async handle({ event, trx, afterCommit }) {
      const { inviter_id, invitee_id } = event.data
      const created = await notifyOfSession(trx, inbox, {
        event,
        type: 'session_accepted',
        recipientId: inviter_id,
        aboutId: invitee_id
      })
      afterCommit(() => push(inbox, created))
    }
  })
