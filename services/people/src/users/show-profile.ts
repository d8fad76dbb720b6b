import type { OwnProfile, PublicProfile } from '@belay/contracts'
import { InvalidToken } from '@belay/kit'
import type { Static } from 'typebox'
import { areBlocked } from '#src/blocks/blocks.repository.ts'
import { UserNotFound } from '#src/errors.ts'
import type { People } from '#src/people.ts'
import { toOwnProfile, toPublicProfile } from '#src/users/user.ts'
import { findUser } from '#src/users/users.repository.ts'

/** One's own profile. */
export async function showOwnProfile(people: People, userId: string): Promise<Static<typeof OwnProfile>> {
  const user = await findUser(people.store.db, userId)
  if (user === undefined) throw new InvalidToken()
  return toOwnProfile(user)
}

/** Somebody's profile as others see it. A block, by whichever of the two, looks like nobody at all. */
export async function showProfile(
  people: People,
  input: { viewerId: string; userId: string }
): Promise<Static<typeof PublicProfile>> {
  const { db } = people.store
  const [user, blocked] = await Promise.all([findUser(db, input.userId), areBlocked(db, input.viewerId, input.userId)])
  if (user === undefined || blocked) throw new UserNotFound()
  return toPublicProfile(user)
}
