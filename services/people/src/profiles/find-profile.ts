import { InvalidToken } from '@belay/kit'
import { areBlocked } from '#src/blocks/blocks.repository.ts'
import type { People } from '#src/context.ts'
import { UserNotFound } from '#src/errors.ts'
import { findUser, type User } from '#src/users/users.repository.ts'

/** Throws InvalidToken when the caller's account was erased. */
export async function findOwnProfile(people: People, userId: string): Promise<User> {
  const user = await findUser(people.store.db, userId)
  if (user === undefined) throw new InvalidToken()
  return user
}

/** Throws UserNotFound, also when either of the two has blocked the other. */
export async function findProfile(people: People, input: { viewerId: string; userId: string }): Promise<User> {
  const { db } = people.store
  const [user, blocked] = await Promise.all([findUser(db, input.userId), areBlocked(db, input.viewerId, input.userId)])
  if (user === undefined || blocked) throw new UserNotFound()
  return user
}
