import type { Inbox } from '#src/inbox.ts'
import { type MissedMessages, missedMessages } from '#src/notifications/missed-messages.ts'
import { notifyOfMissed } from '#src/notifications/notify-of-messages.ts'
import { push } from '#src/notifications/notify.ts'
import { deferUnseen, deleteUnseen, type DueRow, lockDue, type Place } from './unseen.repository.ts'

/** How many rows one transaction decides at most. */
export const dueBatchSize = 500

/**
 * Decides again about messages whose recipient seemed to see them arrive: who has no live socket in the thread now, and has
 * not read them, is notified, once whatever else is at it. For somebody who is live, the latest message waits its time
 * out. Returns how many rows were decided.
 */
export async function decideDue(inbox: Inbox): Promise<number> {
  const { store, presence, unreadNotifyAfterMs: waitMs } = inbox
  await presence.settled()
  const { decided, created } = await store.transaction(async (trx) => {
    const due = await lockDue(trx, { waitMs, limit: dueBatchSize })
    const [live, away] = partition(due, (row) => presence.isLive(row.thread_id, row.user_id))
    const [recent, over] = partition(live, (row) => row.is_recent)
    await deferUnseen(trx, recent.map(placeOf), waitMs)
    await deleteUnseen(trx, [...over, ...away].map(placeOf))
    return { decided: due.length, created: await notifyOfMissed(trx, inbox, away.map(toMissed)) }
  })
  push(inbox, created)
  return decided
}

function partition(rows: readonly DueRow[], test: (row: DueRow) => boolean): [DueRow[], DueRow[]] {
  return [rows.filter(test), rows.filter((row) => !test(row))]
}

function placeOf(row: DueRow): Place {
  return { threadId: row.thread_id, userId: row.user_id }
}

function toMissed(row: DueRow): MissedMessages {
  return missedMessages(row, row.user_id, { eventId: row.event_id, excerpt: row.excerpt, count: row.count })
}
