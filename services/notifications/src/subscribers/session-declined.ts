import { SessionDeclined } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Inbox } from '#src/inbox.ts'
import { notifyOfSession } from '#src/notifications/notify-of-session.ts'
import { push } from '#src/notifications/notify.ts'
import type { NotificationsDatabase } from '#src/schema.ts'

export const sessionDeclined = (inbox: Inbox) =>
  defineSubscriber<NotificationsDatabase>()({
    durable: 'notifications-session-declined',
    event: SessionDeclined,
    async handle({ event, trx, afterCommit }) {
      const { inviter_id, invitee_id } = event.data
      const created = await notifyOfSession(trx, inbox, {
        event,
        type: 'session_declined',
        recipientId: inviter_id,
        aboutId: invitee_id
      })
      afterCommit(() => push(inbox, created))
    }
  })
