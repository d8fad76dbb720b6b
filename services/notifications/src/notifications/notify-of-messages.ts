import { type EventOf, type MessageSent, NotificationCreated } from '@belay/contracts'
import { recordEvents } from '@belay/events'
import type { Transaction } from 'kysely'
import type { Inbox } from '#src/inbox.ts'
import { findBlocked } from '#src/people/blocks.repository.ts'
import { knownPerson } from '#src/people/known-people.ts'
import { lockPeople } from '#src/people/users.repository.ts'
import { collapseKeyOf, findReadMarks } from '#src/reading/read-marks.repository.ts'
import type { NotificationsDatabase } from '#src/schema.ts'
import type { NotificationRecord } from './notification.ts'
import { type CollapsingNotification, listNotificationsById, upsertCollapsing } from './notifications.repository.ts'
import { messageWords } from './words.ts'

type Sent = EventOf<typeof MessageSent>

/** A message that somebody did not see arrive. */
interface Missed {
  recipientId: string
  senderId: string
  event: Sent
}

/**
 * Tells people of messages they did not see arrive: nobody with a live socket in the thread, never the sender, never
 * across a block. Unread ones of the same thread are one notification. Answers what is new or has grown.
 */
export async function notifyOfMessages(
  trx: Transaction<NotificationsDatabase>,
  inbox: Inbox,
  events: readonly Sent[]
): Promise<NotificationRecord[]> {
  const rows = collapse(await withNames(trx, missedOf(events, inbox)))
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

function missedOf(events: readonly Sent[], { presence }: Pick<Inbox, 'presence'>): Missed[] {
  return events.flatMap((event) => {
    const { kind, sender_id: senderId, thread_id, member_ids } = event.data
    if (kind === 'system' || senderId === null) return []
    return member_ids
      .filter((recipientId) => recipientId !== senderId && !presence.isLive(thread_id, recipientId))
      .map((recipientId) => ({ recipientId, senderId, event }))
  })
}

/** Leaves out whoever must not be told or has read it already, and names the senders. */
async function withNames(trx: Transaction<NotificationsDatabase>, missed: readonly Missed[]) {
  if (missed.length === 0) return []
  const people = await lockPeople(
    trx,
    missed.flatMap((one) => [one.recipientId, one.senderId])
  )
  const isBlocked = await findBlocked(
    trx,
    missed.map((one) => [one.recipientId, one.senderId])
  )
  const readUpTo = await findReadMarks(
    trx,
    missed.map((one) => ({ threadId: one.event.data.thread_id, userId: one.recipientId }))
  )
  return missed
    .filter(
      ({ recipientId, senderId, event: { data } }) =>
        !knownPerson(people, recipientId).deleted &&
        !isBlocked(recipientId, senderId) &&
        data.seq > readUpTo(data.thread_id, recipientId)
    )
    .map((one) => ({ ...one, senderName: knownPerson(people, one.senderId).display_name }))
}

/** One row for each person and thread: the latest message, and how many it stands for. */
function collapse(missed: readonly (Missed & { senderName: string })[]): CollapsingNotification[] {
  const byRecipient = [...Map.groupBy(missed, (one) => one.recipientId).values()]
  const byThread = byRecipient.flatMap((own) => [...Map.groupBy(own, (one) => one.event.data.thread_id).values()])
  return byThread.flatMap((same) => {
    const latest = same.toSorted((one, other) => other.event.data.seq - one.event.data.seq).slice(0, 1)
    return latest.map((one) => toRow(one, same.length))
  })
}

function toRow({ recipientId, senderId, senderName, event }: Missed & { senderName: string }, count: number) {
  const { thread_id, context, context_id, message_id, seq, body } = event.data
  return {
    user_id: recipientId,
    type: 'message_received' as const,
    ...messageWords(senderName, body),
    action_url: context === 'session' ? `/sessions/${context_id}` : `/threads/${thread_id}`,
    actor_id: senderId,
    data: { thread_id, context, context_id, message_id },
    event_id: event.id,
    collapse_key: collapseKeyOf(thread_id),
    seq,
    count
  }
}
