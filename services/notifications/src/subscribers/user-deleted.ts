import { UserDeleted, UserRegistered, UserUpdated } from '@belay/contracts'
import { defineSubscriber, deleteParkedAbout } from '@belay/events'
import { deleteNotificationsOf } from '#src/notifications/notifications.repository.ts'
import { eraseUser } from '#src/people/users.repository.ts'
import type { NotificationsDatabase } from '#src/schema.ts'

export const userDeleted = defineSubscriber<NotificationsDatabase>()({
  durable: 'notifications-user-deleted',
  event: UserDeleted,
  async handle({ event, trx }) {
    await eraseUser(trx, event.data)
    await deleteNotificationsOf(trx, event.data.id)
    await deleteParkedAbout(trx, { subject: event.data.id, types: [UserRegistered.type, UserUpdated.type] })
  }
})
