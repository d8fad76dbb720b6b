import type { Transaction } from 'kysely'
import { upsertBlock } from '#src/people/blocks.repository.ts'
import { lockPeopleExclusively } from '#src/people/users.repository.ts'
import type { NotificationsDatabase } from '#src/schema.ts'
import { updateReadBetween } from './resolutions.repository.ts'

/** From now on neither is notified of the other, and what they had asked each other is read. */
export async function applyBlock(
  trx: Transaction<NotificationsDatabase>,
  block: { blocker_id: string; blocked_id: string; version: number },
  now: Date
): Promise<void> {
  const pair = [block.blocker_id, block.blocked_id] as const
  await lockPeopleExclusively(trx, pair)
  await upsertBlock(trx, { ...block, active: true })
  await updateReadBetween(trx, pair, now)
}
