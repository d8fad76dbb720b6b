import { CannotDisableYourself, UserNotFound } from '#src/errors.ts'
import type { People } from '#src/context.ts'
import { changeUser } from '#src/users/change-user.ts'
import type { User } from '#src/users/users.repository.ts'

/**
 * Changes a person's tier, or disables or enables their account; disabling closes their open sockets.
 * Throws CannotDisableYourself or UserNotFound.
 */
export async function updateUserAsAdmin(
  people: People,
  input: { adminId: string; userId: string; changes: Partial<Pick<User, 'tier' | 'disabled'>> }
): Promise<User> {
  const { adminId, userId, changes } = input
  if (changes.disabled === true && adminId === userId) throw new CannotDisableYourself()
  const user = await changeUser(people, userId, (known) => {
    const { tier = known.tier, disabled = known.disabled } = changes
    return { tier, disabled }
  })
  if (user === undefined) throw new UserNotFound()
  if (user.disabled) people.endAccess({ userId, reason: 'disabled' })
  return user
}
