import { NotificationNotFound } from '#src/errors.ts'
import type { Notifications } from '#src/context.ts'
import type { NotificationRecord } from './notification.ts'
import { listNotificationsById, updateRead } from './notifications.repository.ts'

/** Marks one as read and keeps the time of the first reading. Throws NotificationNotFound. */
export async function markNotificationRead(
  { store, runtime }: Notifications,
  userId: string,
  id: string
): Promise<NotificationRecord> {
  if (!(await updateRead(store.db, userId, id, runtime.clock.now()))) throw new NotificationNotFound()
  const [record] = await listNotificationsById(store.db, [id])
  if (record === undefined) throw new NotificationNotFound()
  return record
}
