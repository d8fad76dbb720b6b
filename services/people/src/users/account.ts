import type { Account } from '@belay/contracts'
import type { Static } from 'typebox'
import type { User } from '#src/users/users.repository.ts'

/** A person's avatar is their first photo. */
export function avatarOf(user: Pick<User, 'profile_photos'>): string | null {
  return user.profile_photos[0] ?? null
}

/** The account as events carry it and other services store it. */
export function toAccount(user: User): Static<typeof Account> {
  return {
    id: user.id,
    display_name: user.display_name,
    avatar: avatarOf(user),
    bio: user.bio,
    tier: user.tier,
    role: user.role,
    disabled: user.disabled,
    profile_photos: user.profile_photos,
    birthdate: user.birthdate,
    version: user.version
  }
}
