import type { Account, OwnProfile, PublicProfile, UserAsAdmin } from '@belay/contracts'
import type { Static } from 'typebox'
import type { User } from '#src/users/users.repository.ts'

/** The picture that stands for a person: the first of their photos. */
function avatarOf(user: Pick<User, 'profile_photos'>): string | null {
  return user.profile_photos[0] ?? null
}

/** An account as the other services keep it. */
export function toAccount(user: User): Static<typeof Account> {
  return {
    id: user.id,
    display_name: user.display_name,
    avatar: avatarOf(user),
    bio: user.bio,
    tier: user.tier,
    role: user.role,
    disabled: user.disabled,
    version: user.version
  }
}

/** A person as they see themself. */
export function toOwnProfile(user: User): Static<typeof OwnProfile> {
  return {
    id: user.id,
    email: user.email,
    display_name: user.display_name,
    avatar: avatarOf(user),
    bio: user.bio,
    birthdate: user.birthdate,
    profile_photos: user.profile_photos,
    tier: user.tier,
    role: user.role,
    created_at: user.created_at.toISOString()
  }
}

/** A person as others see them. */
export function toPublicProfile(user: User): Static<typeof PublicProfile> {
  return { id: user.id, display_name: user.display_name, avatar: avatarOf(user), bio: user.bio }
}

/** A person as an administrator sees them. */
export function toUserAsAdmin(user: User): Static<typeof UserAsAdmin> {
  return {
    id: user.id,
    email: user.email,
    display_name: user.display_name,
    tier: user.tier,
    role: user.role,
    disabled: user.disabled
  }
}
