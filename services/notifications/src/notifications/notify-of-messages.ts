import { type EventOf, type MessageSent, NotificationCreated } from '@belay/contracts'
import { recordEvents } from '@belay/events'
import type { Transaction } from 'kysely'
import type { Inbox } from '#src/inbox.ts'
import { listUserNames } from '#src/people/users.repository.ts'
import type { NotificationsDatabase } from '#src/schema.ts'
import type { NotificationRecord } from './notification.ts'
import { type CollapsingNotification, listNotificationsById, upsertCollapsing } from './notifications.repository.ts'
import { messageWords } from './words.ts'

type Sent = EventOf<typeof MessageSent>

/**
 * Tells people of messages they did not see arrive: nobody with a live socket in the thread, never the sender.
 * Unread ones of the same thread are one notification. Answers what is new or has grown.
 */
export async function notifyOfMessages(
  trx: Transaction<NotificationsDatabase>,
  inbox: Inbox,
  events: readonly Sent[]
): Promise<NotificationRecord[]> {
  const missed = collapse(events, inbox)
  if (missed.length === 0) return []
  const names = await listUserNames(
    trx,
    missed.map((one) => one.senderId)
  )
  const now = inbox.runtime.clock.now()
  const rows = missed.map((one) => ({
    id: inbox.runtime.newId(),
    ...toCollapsing(one, names.get(one.senderId) ?? 'Deleted user')
  }))
  const stored = await upsertCollapsing(trx, rows, now)
  const created = new Set(stored.filter((one) => one.is_new).map((one) => one.id))
  await recordEvents(
    trx,
    NotificationCreated,
    rows
      .filter((row) => created.has(row.id))
      .map(({ id, user_id, type, actor_id }) => ({
        subject: id,
        data: { notification_id: id, user_id, type, actor_id, created_at: now.toISOString() }
      }))
  )
  return listNotificationsById(
    trx,
    stored.map((one) => one.id)
  )
}

/** What one person missed of one thread, in one batch. */
interface Missed {
  recipientId: string
  senderId: string
  last: Sent
  count: number
}

function collapse(events: readonly Sent[], { presence }: Pick<Inbox, 'presence'>): Missed[] {
  const missed = new Map<string, Missed>()
  for (const event of events) {
    const { kind, sender_id, thread_id, member_ids } = event.data
    if (kind === 'system' || sender_id === null) continue
    for (const recipientId of member_ids) {
      if (recipientId === sender_id || presence.isLive(thread_id, recipientId)) continue
      const key = `${recipientId}/${thread_id}`
      const before = missed.get(key)
      missed.set(key, { recipientId, senderId: sender_id, last: event, count: (before?.count ?? 0) + 1 })
    }
  }
  return [...missed.values()]
}

function toCollapsing({ recipientId, senderId, last, count }: Missed, senderName: string): CollapsingNotification {
  const { thread_id, context, context_id, message_id, body } = last.data
  return {
    user_id: recipientId,
    type: 'message_received',
    ...messageWords(senderName, body),
    action_url: context === 'session' ? `/sessions/${context_id}` : `/threads/${thread_id}`,
    actor_id: senderId,
    data: { thread_id, context, context_id, message_id },
    event_id: last.id,
    collapse_key: `thread:${thread_id}`,
    count
  }
}
