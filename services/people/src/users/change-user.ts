import { isDeepStrictEqual } from 'node:util'
import { UserUpdated } from '@belay/contracts'
import { recordEvent } from '@belay/events'
import type { People } from '#src/context.ts'
import { toAccount } from '#src/users/account.ts'
import { lockUser, updateUser, type User, type UserChanges } from '#src/users/users.repository.ts'

/**
 * Changes an account and publishes the change, unless the account already is as wanted. Returns the account; undefined
 * when there is none, or it was erased.
 */
export async function changeUser(
  people: People,
  userId: string,
  changesOf: (user: User) => UserChanges
): Promise<User | undefined> {
  return people.store.transaction(async (trx) => {
    const user = await lockUser(trx, userId)
    if (user === undefined) return undefined
    const changes = changesOf(user)
    if (isDeepStrictEqual({ ...user, ...changes }, user)) return user
    const changed = await updateUser(trx, userId, changes, people.clock.now())
    await recordEvent(trx, UserUpdated, { subject: userId, data: toAccount(changed) })
    return changed
  })
}
