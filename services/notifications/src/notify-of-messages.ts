import type { EventOf, MessageSent } from '@belay/contracts'
import type { Transaction } from 'kysely'
import type { Notifications } from './context.ts'
import { missed, missedMessages } from './notices/messages.ts'
import { notify } from './notify.ts'
import type { NotificationsDatabase } from './schema.ts'
import { deferUnseen, deleteUnseen, lockDue, upsertUnseen } from './unseen/unseen.repository.ts'

/** The most rows that one transaction decides. */
export const dueBatchSize = 500

/** Notifies the members without a live socket in the thread. `notifyOfUnseen` decides later about the others. */
export async function notifyOfMessages(
  trx: Transaction<NotificationsDatabase>,
  context: Notifications,
  events: readonly EventOf<typeof MessageSent>[]
): Promise<void> {
  const [live, away] = partition(events.flatMap(missedMessages), isLiveIn(context))
  await upsertUnseen(trx, live, context.unreadNotifyAfterMs)
  await notify(trx, context, away.map(missed))
}

/**
 * Decides about messages whose recipient had a live socket in the thread: one who has none now, and has not read them, is
 * notified, once however many replicas run this. For one who is still live, the row stays until its latest message has
 * waited its time. Returns how many rows were decided.
 */
export async function notifyOfUnseen(context: Notifications): Promise<number> {
  const { store, presence, unreadNotifyAfterMs: waitMs } = context
  await presence.settled()
  return store.transaction(async (trx) => {
    const due = await lockDue(trx, { waitMs, limit: dueBatchSize })
    const [live, away] = partition(due, isLiveIn(context))
    const [recent, over] = partition(live, (row) => row.is_recent)
    await deferUnseen(trx, recent, waitMs)
    await deleteUnseen(trx, [...over, ...away])
    await notify(trx, context, away.map(missed))
    return due.length
  })
}

function isLiveIn({ presence }: Notifications) {
  return (one: { thread_id: string; user_id: string }) => presence.isLive(one.thread_id, one.user_id)
}

function partition<Item>(items: readonly Item[], test: (item: Item) => boolean): [Item[], Item[]] {
  return [items.filter(test), items.filter((item) => !test(item))]
}
