import { InvalidInput, InvalidToken } from '@belay/kit'
import type { People } from '#src/context.ts'
import { changeUser } from '#src/users/change-user.ts'
import type { User, UserChanges } from '#src/users/users.repository.ts'

const earliestBirthdate = '1900-01-01'

type ProfileFields = Pick<User, 'display_name' | 'bio' | 'birthdate' | 'profile_photos'>

export interface ProfileChanges extends Partial<ProfileFields> {
  /** The first photo: a new one replaces it, and null removes it. */
  avatar?: string | null
}

/** Changes the caller's profile. Publishes nothing when nothing changes. Throws InvalidInput or InvalidToken. */
export async function updateProfile(people: People, userId: string, changes: ProfileChanges): Promise<User> {
  if (typeof changes.birthdate === 'string') checkBirthdate(changes.birthdate, people.clock.now())
  const user = await changeUser(people, userId, (known) => mergeProfile(known, changes))
  if (user === undefined) throw new InvalidToken()
  return user
}

/** ISO dates compare as text. In some time zone it is already tomorrow, but no one was born there yet. */
function checkBirthdate(birthdate: string, now: Date): void {
  if (birthdate < earliestBirthdate) throw invalidBirthdate(`must not be before ${earliestBirthdate}`)
  if (birthdate >= now.toISOString().slice(0, 10)) throw invalidBirthdate('must be in the past')
}

function invalidBirthdate(message: string): InvalidInput {
  return new InvalidInput(`birthdate: ${message}`, [{ field: 'birthdate', message }])
}

/** Takes only the fields of a profile, so that further members of a request change nothing. */
function mergeProfile(user: User, changes: ProfileChanges): UserChanges {
  const { display_name = user.display_name, bio = user.bio, birthdate = user.birthdate } = changes
  const photos = changes.profile_photos ?? user.profile_photos
  const { avatar = photos[0] ?? null } = changes
  const profile_photos = avatar === null ? photos.slice(1) : [avatar, ...photos.slice(1)]
  return { display_name, bio, birthdate, profile_photos }
}
