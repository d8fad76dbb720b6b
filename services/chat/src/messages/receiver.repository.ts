import { type RawBuilder, sql } from 'kysely'

/**
 * Returns the other person of the conversation that a row of `messages` is in; null outside of direct threads and for what
 * the system wrote.
 */
export function receiverOf(alias: string): RawBuilder<string | null> {
  const column = (name: string) => sql.ref(`${alias}.${name}`)
  return sql<
    string | null
  >`case when ${column('message_type')} is not null and ${column('sender_id')} is not null then (
    select case when pair.user1_id = ${column('sender_id')} then pair.user2_id else pair.user1_id end
    from conversations pair where pair.id = ${column('thread_id')}) end`
}
