import { type RawBuilder, sql } from 'kysely'
import { receiverOf } from '#src/messages/receiver.repository.ts'

/**
 * Returns when the receiver of a row of `messages` read it, in direct threads; null when they have not, and for a sender
 * who is not premium now. Each of the two receives what the system wrote.
 */
export function shownReadAt(alias: string, viewerId: string): RawBuilder<Date | null> {
  const column = (name: string) => sql.ref(`${alias}.${name}`)
  return sql<Date | null>`case
    when ${column('sender_id')} is distinct from ${viewerId}::uuid or exists (select from users where id = ${viewerId} and tier = 'premium')
    then (
      select receipt.read_at from read_receipts receipt
      where receipt.thread_id = ${column('thread_id')} and receipt.user_id = coalesce(${receiverOf(alias)}, ${viewerId}::uuid)
        and receipt.up_to_seq >= ${column('seq')}
      order by receipt.up_to_seq limit 1) end`
}
