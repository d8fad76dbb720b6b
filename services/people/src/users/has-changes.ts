import { isDeepStrictEqual } from 'node:util'
import type { User, UserChanges } from '#src/users/users.repository.ts'

/** Would these changes make a difference to the account? */
export function hasChanges(user: User, changes: UserChanges): boolean {
  return !isDeepStrictEqual({ ...user, ...changes }, user)
}
