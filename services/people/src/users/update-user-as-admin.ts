import { type UpdateUserAsAdminBody, type UserAsAdmin, UserUpdated } from '@belay/contracts'
import { recordEvent } from '@belay/events'
import type { Static } from 'typebox'
import { CannotDisableYourself, UserNotFound } from '#src/errors.ts'
import type { People } from '#src/people.ts'
import { hasChanges } from '#src/users/has-changes.ts'
import { toAccount, toUserAsAdmin } from '#src/users/user.ts'
import { lockUser, updateUser } from '#src/users/users.repository.ts'

/** Changes somebody's tier, or shuts them out and lets them in again; a person shut out loses their open sockets. */
export async function updateUserAsAdmin(
  people: People,
  input: { adminId: string; userId: string; changes: Static<typeof UpdateUserAsAdminBody> }
): Promise<Static<typeof UserAsAdmin>> {
  const { adminId, userId } = input
  if (input.changes.disabled === true && adminId === userId) throw new CannotDisableYourself()
  const updated = await people.store.transaction(async (trx) => {
    const user = await lockUser(trx, userId)
    if (user === undefined) throw new UserNotFound()
    const { tier = user.tier, disabled = user.disabled } = input.changes
    const changes = { tier, disabled }
    if (!hasChanges(user, changes)) return user
    const changed = await updateUser(trx, userId, changes, people.clock.now())
    await recordEvent(trx, UserUpdated, { subject: userId, data: toAccount(changed) })
    return changed
  })
  if (updated.disabled) people.endAccess({ userId, reason: 'disabled' })
  return toUserAsAdmin(updated)
}
