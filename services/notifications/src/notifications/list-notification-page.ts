import type { ListNotificationsQuery } from '@belay/contracts'
import { type Page, positionsOf, readPage } from '@belay/kit'
import type { Kysely } from 'kysely'
import type { Static } from 'typebox'
import type { NotificationsDatabase } from '#src/schema.ts'
import type { NotificationRecord } from './notification.ts'
import { countNotifications, listNotifications } from './notifications.repository.ts'

const positions = positionsOf('notifications', 'time')

/**
 * One page of an inbox, newest first, by its number or by a cursor, and the cursor of the next one unless this one is not
 * full. Throws PageNotFound or InvalidInput.
 */
export async function listNotificationPage(
  db: Kysely<NotificationsDatabase>,
  userId: string,
  query: Static<typeof ListNotificationsQuery>
): Promise<{ page: Page<NotificationRecord>; next: string | undefined }> {
  const filter = { userId, unread: query.unread, type: query.type }
  const after = positions.decode(query.cursor)
  const request = after === undefined ? query : { ...query, page: 1 }
  const page = await readPage(request, {
    count: () => countNotifications(db, filter),
    list: (range) => listNotifications(db, filter, { ...range, after })
  })
  const last = page.items.at(-1)
  const isFull = last !== undefined && page.items.length === query.page_size
  const next = isFull ? positions.encode({ key: last.created_at.toISOString(), id: last.id }) : undefined
  return { page: after === undefined ? page : { ...page, hasNext: false }, next }
}
