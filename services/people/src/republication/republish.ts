import { UserBlocked, UserUpdated } from '@belay/contracts'
import { recordEvents } from '@belay/events'
import type { Transaction } from 'kysely'
import { renewBlocks } from '#src/blocks/blocks.repository.ts'
import type { People } from '#src/context.ts'
import type { PeopleDatabase, RepublicationRow } from '#src/schema.ts'
import { toAccount } from '#src/users/account.ts'
import { renewUsers } from '#src/users/users.repository.ts'
import { lockRepublications, moveRepublication } from './republications.repository.ts'

const pageSize = 100

/**
 * Publishes the next page of the accounts, then of the active blocks, that other services do not know in full, each with a
 * higher version. Returns true when there are none left.
 */
export async function republish(people: People): Promise<boolean> {
  return people.store.transaction(async (trx) => {
    const [place] = await lockRepublications(trx)
    if (place === undefined) return true
    const ids = await publishers[place.kind](trx, { afterId: place.after_id, limit: pageSize })
    await moveRepublication(trx, place.kind, ids.length < pageSize ? null : (ids.at(-1) ?? null))
    return false
  })
}

type Publish = (
  trx: Transaction<PeopleDatabase>,
  page: { afterId: string | null; limit: number }
) => Promise<readonly string[]>

const publishers: Readonly<Record<RepublicationRow['kind'], Publish>> = {
  async accounts(trx, page) {
    const users = await renewUsers(trx, page)
    await recordEvents(
      trx,
      UserUpdated,
      users.map((user) => ({ subject: user.id, data: toAccount(user) }))
    )
    return users.map(({ id }) => id)
  },
  async blocks(trx, page) {
    const blocks = await renewBlocks(trx, page)
    await recordEvents(
      trx,
      UserBlocked,
      blocks.map(({ blocker_id, blocked_id, version }) => ({
        subject: blocker_id,
        data: { blocker_id, blocked_id, version }
      }))
    )
    return blocks.map(({ id }) => id)
  }
}
