import { sql, type Transaction } from 'kysely'
import type { PeopleDatabase } from '#src/schema.ts'
import { lockUsersAgainstErasure } from '#src/users/users.repository.ts'

/** Stores that one person wrote to another, unless one of them was erased. */
export async function insertWrittenTo(
  trx: Transaction<PeopleDatabase>,
  { sender_id, receiver_id }: { sender_id: string; receiver_id: string }
): Promise<void> {
  if (!(await lockUsersAgainstErasure(trx, [sender_id, receiver_id]))) return
  await trx
    .insertInto('written_to')
    .values({ sender_id, receiver_id })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** Deletes whom a person wrote to, and who wrote to them. Locks the rows in one order, so that erasures do not deadlock. */
export async function deleteWrittenTo(trx: Transaction<PeopleDatabase>, userId: string): Promise<void> {
  await sql`
    delete from written_to where (sender_id, receiver_id) in (
      select sender_id, receiver_id from written_to where sender_id = ${userId} or receiver_id = ${userId}
      order by sender_id, receiver_id for update
    )`.execute(trx)
}
