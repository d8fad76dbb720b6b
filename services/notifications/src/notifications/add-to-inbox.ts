import { liveSubjects, NotificationCreated, type UserSignal } from '@belay/contracts'
import { afterCommit, recordEvents } from '@belay/events'
import type { Transaction } from 'kysely'
import type { Notifications } from '#src/context.ts'
import type { Notice } from '#src/notices/notice.ts'
import { collapseKeyOf } from '#src/reading/read-marks.repository.ts'
import type { NotificationsDatabase } from '#src/schema.ts'
import { type NewNotification, toNotification } from './notification.ts'
import { insertNotifications, listNotificationsById, upsertCollapsing } from './notifications.repository.ts'

/** Stores notices as notifications, publishes an event of each new one and shows them on their owners' open sockets. */
export async function addToInbox(
  trx: Transaction<NotificationsDatabase>,
  { runtime, bus }: Notifications,
  notices: readonly Notice[]
): Promise<void> {
  const now = runtime.clock.now()
  const rows = collapse(notices).map((notice) => toRow(notice, runtime.newId()))
  const single = rows.filter((row) => row.collapse_key === null)
  const collapsing = rows.filter((row) => row.collapse_key !== null)
  const stored = [...(await insertNotifications(trx, single, now)), ...(await upsertCollapsing(trx, collapsing, now))]
  const ids = stored.map((row) => row.id)
  const records = await listNotificationsById(trx, ids)
  const created = new Set(stored.filter((row) => row.is_new).map((row) => row.id))
  await recordEvents(
    trx,
    NotificationCreated,
    records
      .filter((record) => created.has(record.id))
      .map(({ id, user_id, type, actor_id }) => ({
        subject: id,
        data: { notification_id: id, user_id, type, actor_id, created_at: now.toISOString() }
      }))
  )
  afterCommit(trx, () => {
    for (const record of records) {
      const signal: UserSignal = { kind: 'notification', notification: toNotification(record) }
      bus.publishLive(liveSubjects.user(record.user_id), signal)
    }
  })
}

/** Of the notices of one thread for one person, the latest, which counts all of them; others stay as they are. */
function collapse(notices: readonly Notice[]): Notice[] {
  const groups = Map.groupBy(notices, (notice) => (notice.thread ? `${notice.to} ${notice.thread.id}` : notice))
  return [...groups.values()].map((group) => group.reduce(merge))
}

function merge(one: Notice, other: Notice): Notice {
  if (!one.thread || !other.thread) return one
  const count = one.thread.count + other.thread.count
  if (other.thread.seq > one.thread.seq) return { ...other, thread: { ...other.thread, count } }
  return { ...one, thread: { ...one.thread, count } }
}

function toRow(notice: Notice, id: string): NewNotification {
  const { thread } = notice
  return {
    id,
    user_id: notice.to,
    type: notice.type,
    words: notice.words,
    action_url: notice.url,
    actor_id: notice.anonymous === true ? null : notice.about,
    data: thread ? { ...notice.data, seq: thread.seq, count: thread.count } : notice.data,
    cause_event_id: notice.causeEventId,
    collapse_key: thread ? collapseKeyOf(thread.id) : null,
    is_read: notice.isRead === true
  }
}
