import type { Notification } from '@belay/contracts'
import { NotificationNotFound } from '#src/errors.ts'
import type { Inbox } from '#src/inbox.ts'
import { toNotification } from './notification.ts'
import { listNotificationsById, updateRead } from './notifications.repository.ts'

/** Marks one as read; the first reading's time stays. */
export async function markNotificationRead(
  { store, runtime }: Inbox,
  userId: string,
  id: string
): Promise<Notification> {
  if (!(await updateRead(store.db, userId, id, runtime.clock.now()))) throw new NotificationNotFound()
  const [record] = await listNotificationsById(store.db, [id])
  if (record === undefined) throw new NotificationNotFound()
  return toNotification(record)
}
