import { type EventOf, type MessageSent, NotificationCreated } from '@belay/contracts'
import { recordEvents } from '@belay/events'
import type { Transaction } from 'kysely'
import type { Inbox } from '#src/inbox.ts'
import { findBlocked } from '#src/people/blocks.repository.ts'
import { knownPerson } from '#src/people/known-people.ts'
import { lockPeople } from '#src/people/users.repository.ts'
import { collapseKeyOf, findReadMarks } from '#src/reading/read-marks.repository.ts'
import type { NotificationsDatabase } from '#src/schema.ts'
import { upsertUnseen } from '#src/unseen/unseen.repository.ts'
import { type MissedMessages, missedMessages } from './missed-messages.ts'
import type { NotificationRecord } from './notification.ts'
import { type CollapsingNotification, listNotificationsById, upsertCollapsing } from './notifications.repository.ts'
import { excerptOf } from './words.ts'

type Sent = EventOf<typeof MessageSent>

/**
 * Tells people of messages they did not see arrive: nobody with a live socket in the thread, never the sender, never
 * across a block. Whoever seems to see them is looked at again later. Returns what is new or has grown.
 */
export async function notifyOfMessages(
  trx: Transaction<NotificationsDatabase>,
  inbox: Inbox,
  events: readonly Sent[]
): Promise<NotificationRecord[]> {
  const messages = events.flatMap(forOthers)
  const isLive = (one: MissedMessages) => inbox.presence.isLive(one.threadId, one.recipientId)
  await upsertUnseen(trx, messages.filter(isLive), inbox.unreadNotifyAfterMs)
  const away = messages.filter((one) => !isLive(one))
  return notifyOfMissed(trx, inbox, away)
}

/**
 * Tells people of messages they have missed, but never somebody who has read them. Unread ones of the same thread are
 * one notification. Returns what is new or has grown.
 */
export async function notifyOfMissed(
  trx: Transaction<NotificationsDatabase>,
  inbox: Pick<Inbox, 'runtime'>,
  missed: readonly MissedMessages[]
): Promise<NotificationRecord[]> {
  const rows = collapse(await forRecipients(trx, missed))
  if (rows.length === 0) return []
  const now = inbox.runtime.clock.now()
  const stored = await upsertCollapsing(
    trx,
    rows.map((row) => ({ ...row, id: inbox.runtime.newId() })),
    now
  )
  const records = await listNotificationsById(
    trx,
    stored.map((one) => one.id)
  )
  const created = new Set(stored.filter((one) => one.is_new).map((one) => one.id))
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
  return records
}

function forOthers({ id: eventId, data }: Sent): MissedMessages[] {
  const { kind, sender_id, body, member_ids } = data
  if (kind === 'system' || sender_id === null) return []
  const recipientIds = member_ids.filter((memberId) => memberId !== sender_id)
  if (recipientIds.length === 0) return []
  const excerpt = excerptOf(body)
  return recipientIds.map((id) => missedMessages({ ...data, sender_id }, id, { eventId, excerpt, count: 1 }))
}

/** Leaves out whoever must not be told or has read it already. Throws UnknownPerson. */
async function forRecipients(trx: Transaction<NotificationsDatabase>, missed: readonly MissedMessages[]) {
  if (missed.length === 0) return []
  const people = await lockPeople(
    trx,
    missed.flatMap((one) => [one.recipientId, one.senderId])
  )
  for (const { senderId } of missed) knownPerson(people, senderId)
  const isBlocked = await findBlocked(
    trx,
    missed.map((one) => [one.recipientId, one.senderId])
  )
  const readUpTo = await findReadMarks(
    trx,
    missed.map((one) => ({ threadId: one.threadId, userId: one.recipientId }))
  )
  return missed
    .map((one) => ({ ...one, count: Math.min(one.count, one.seq - readUpTo(one.threadId, one.recipientId)) }))
    .filter(
      ({ recipientId, senderId, count }) =>
        count > 0 && !knownPerson(people, recipientId).deleted && !isBlocked(recipientId, senderId)
    )
}

/** One row for each person and thread: the latest message, and how many it stands for. */
function collapse(missed: readonly MissedMessages[]): CollapsingNotification[] {
  const byRecipient = [...Map.groupBy(missed, (one) => one.recipientId).values()]
  const byThread = byRecipient.flatMap((own) => [...Map.groupBy(own, (one) => one.threadId).values()])
  return byThread.flatMap((same) => {
    const latest = same.toSorted((one, other) => other.seq - one.seq).slice(0, 1)
    const count = same.reduce((total, one) => total + one.count, 0)
    return latest.map((one) => toRow({ ...one, count }))
  })
}

function toRow(missed: MissedMessages) {
  const { recipientId, senderId, threadId, context, contextId, messageId, seq, excerpt, count } = missed
  return {
    user_id: recipientId,
    type: 'message_received' as const,
    words: { excerpt },
    action_url: context === 'session' ? `/sessions/${contextId}` : `/threads/${threadId}`,
    actor_id: senderId,
    data: { thread_id: threadId, context, context_id: contextId, message_id: messageId },
    event_id: missed.eventId,
    collapse_key: collapseKeyOf(threadId),
    seq,
    count
  }
}
