import { SessionInvited } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Inbox } from '#src/inbox.ts'
import { notifyOfSession } from '#src/notifications/notify-of-session.ts'
import { push } from '#src/notifications/notify.ts'
import type { NotificationsDatabase } from '#src/schema.ts'

export const sessionInvited = (inbox: Inbox) =>
  defineSubscriber<NotificationsDatabase>()({
    durable: 'notifications-session-invited',
    event: SessionInvited,
    async handle({ event, trx, afterCommit }) {
      const { inviter_id, invitee_id } = event.data
      const created = await notifyOfSession(trx, inbox, {
        event,
        type: 'session_invited',
        recipientId: invitee_id,
        aboutId: inviter_id
      })
      afterCommit(() => push(inbox, created))
    }
  })
