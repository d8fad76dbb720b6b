import { liveSubjects, NotificationCreated, type UserSignal } from '@belay/contracts'
import { recordEvent } from '@belay/events'
import type { Transaction } from 'kysely'
import type { Inbox } from '#src/inbox.ts'
import type { NotificationsDatabase } from '#src/schema.ts'
import { type NewNotification, type NotificationRecord, toNotification } from './notification.ts'
import { insertNotification, listNotificationsById } from './notifications.repository.ts'

/**
 * Puts a notification into somebody's inbox, once per event. Answers it when it is new, for `push` after the commit.
 */
export async function notify(
  trx: Transaction<NotificationsDatabase>,
  { runtime }: Pick<Inbox, 'runtime'>,
  notification: NewNotification
): Promise<NotificationRecord[]> {
  const { user_id, actor_id, type } = notification
  const now = runtime.clock.now()
  const inserted = await insertNotification(trx, runtime.newId(), notification, now)
  if (inserted === undefined) return []
  await recordEvent(trx, NotificationCreated, {
    subject: inserted.id,
    data: { notification_id: inserted.id, user_id, type, actor_id, created_at: now.toISOString() }
  })
  return listNotificationsById(trx, [inserted.id])
}

/** Shows notifications on their owners' open sockets. */
export function push({ bus }: Pick<Inbox, 'bus'>, records: readonly NotificationRecord[]): void {
  for (const record of records) {
    const signal: UserSignal = { kind: 'notification', notification: toNotification(record) }
    bus.publishLive(liveSubjects.user(record.user_id), signal)
  }
}
