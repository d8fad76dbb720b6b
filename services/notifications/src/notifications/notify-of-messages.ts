import { type EventOf, type MessageSent, NotificationCreated } from '@belay/contracts'
import { recordEvents } from '@belay/events'
import type { Transaction } from 'kysely'
import type { Inbox } from '#src/inbox.ts'
import { listBlockedPairs, pairKey } from '#src/people/blocks.repository.ts'
import { listUserNames } from '#src/people/users.repository.ts'
import type { NotificationsDatabase } from '#src/schema.ts'
import type { NotificationRecord } from './notification.ts'
import { type CollapsingNotification, listNotificationsById, upsertCollapsing } from './notifications.repository.ts'
import { messageWords } from './words.ts'

type Sent = EventOf<typeof MessageSent>

/**
 * Tells people of messages they did not see arrive: nobody with a live socket in the thread, never the sender, never
 * across a block. Unread ones of the same thread are one notification. Answers what is new or has grown.
 */
export async function notifyOfMessages(
  trx: Transaction<NotificationsDatabase>,
  inbox: Inbox,
  events: readonly Sent[]
): Promise<NotificationRecord[]> {
  const missed = collapse(await withoutBlocked(trx, listUnseen(events, inbox)))
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

/** One message and one person who did not see it arrive. */
interface Unseen {
  recipientId: string
  senderId: string
  message: Sent
}

function listUnseen(events: readonly Sent[], { presence }: Pick<Inbox, 'presence'>): Unseen[] {
  const unseen: Unseen[] = []
  for (const message of events) {
    const { kind, sender_id: senderId, thread_id, member_ids } = message.data
    if (kind === 'system' || senderId === null) continue
    for (const recipientId of member_ids) {
      if (recipientId === senderId || presence.isLive(thread_id, recipientId)) continue
      unseen.push({ recipientId, senderId, message })
    }
  }
  return unseen
}

/** In a group two people may be together though one of them has blocked the other. */
async function withoutBlocked(trx: Transaction<NotificationsDatabase>, unseen: Unseen[]): Promise<Unseen[]> {
  const pairs = new Map(
    unseen.map(({ recipientId, senderId }) => [pairKey(recipientId, senderId), [recipientId, senderId] as const])
  )
  const blocked = await listBlockedPairs(trx, [...pairs.values()])
  return blocked.size === 0
    ? unseen
    : unseen.filter(({ recipientId, senderId }) => !blocked.has(pairKey(recipientId, senderId)))
}

function collapse(unseen: readonly Unseen[]): Missed[] {
  const missed = new Map<string, Missed>()
  for (const { recipientId, senderId, message } of unseen) {
    const key = `${recipientId}/${message.data.thread_id}`
    missed.set(key, { recipientId, senderId, last: message, count: (missed.get(key)?.count ?? 0) + 1 })
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
