import type { OwnProfile, PublicProfile, UserAsAdmin } from '@belay/contracts'
import type { Static } from 'typebox'
import { avatarOf } from '#src/users/account.ts'
import type { User } from '#src/users/users.repository.ts'

export function presentOwnProfile(user: User): Static<typeof OwnProfile> {
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

export function presentPublicProfile(user: User): Static<typeof PublicProfile> {
  return { id: user.id, display_name: user.display_name, avatar: avatarOf(user), bio: user.bio }
}

export function presentUserAsAdmin(user: User): Static<typeof UserAsAdmin> {
  return {
    id: user.id,
    email: user.email,
    display_name: user.display_name,
    tier: user.tier,
    role: user.role,
    disabled: user.disabled
  }
}
