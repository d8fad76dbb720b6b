import { type OwnProfile, type UpdateProfileBody, UserUpdated } from '@belay/contracts'
import { recordEvent } from '@belay/events'
import { InvalidInput, InvalidToken } from '@belay/kit'
import type { Static } from 'typebox'
import type { People } from '#src/people.ts'
import { hasChanges } from '#src/users/has-changes.ts'
import { toAccount, toOwnProfile } from '#src/users/user.ts'
import { lockUser, updateUser, type User, type UserChanges } from '#src/users/users.repository.ts'

const earliestBirthdate = '1900-01-01'

/** Changes one's own profile. What is already so is no change and announces nothing. */
export async function updateProfile(
  people: People,
  userId: string,
  input: UpdateProfileBody
): Promise<Static<typeof OwnProfile>> {
  const now = people.clock.now()
  if (typeof input.birthdate === 'string') checkBirthdate(input.birthdate, now)
  return people.store.transaction(async (trx) => {
    const user = await lockUser(trx, userId)
    if (user === undefined) throw new InvalidToken()
    const changes = changesOf(user, input)
    if (!hasChanges(user, changes)) return toOwnProfile(user)
    const updated = await updateUser(trx, userId, changes, now)
    await recordEvent(trx, UserUpdated, { subject: userId, data: toAccount(updated) })
    return toOwnProfile(updated)
  })
}

/** ISO dates compare as text. Somewhere on earth it is already tomorrow, but nobody was born there yet. */
function checkBirthdate(birthdate: string, now: Date): void {
  if (birthdate < earliestBirthdate) throw notABirthdate(`must not be before ${earliestBirthdate}`)
  if (birthdate >= now.toISOString().slice(0, 10)) throw notABirthdate('must be in the past')
}

function notABirthdate(message: string): InvalidInput {
  return new InvalidInput(`birthdate: ${message}`, [{ field: 'birthdate', message }])
}

/**
 * Only what a profile consists of, whatever else came along. `avatar` stands for the first photo: a new one takes
 * its place, and null takes it away.
 */
function changesOf(user: User, input: UpdateProfileBody): UserChanges {
  const { display_name = user.display_name, bio = user.bio, birthdate = user.birthdate } = input
  const photos = input.profile_photos ?? user.profile_photos
  const { avatar = photos[0] ?? null } = input
  const profile_photos = avatar === null ? photos.slice(1) : [avatar, ...photos.slice(1)]
  return { display_name, bio, birthdate, profile_photos }
}
