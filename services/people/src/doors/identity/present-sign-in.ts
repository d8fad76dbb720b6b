import type { SendBuddySignedIn, SignedIn } from '@belay/contracts'
import type { Static } from 'typebox'
import type { SignedInUser } from '#src/sign-ins/start-sign-in.ts'
import { presentOwnProfile } from './present-user.ts'

export function presentSignedIn({ user, accessToken, expiresIn }: SignedInUser): Static<typeof SignedIn> {
  return {
    access_token: accessToken,
    token_type: 'bearer',
    expires_in: expiresIn,
    user_id: user.id,
    display_name: user.display_name,
    email: user.email ?? ''
  }
}

/** The same for clients of the Send Buddy API. */
export function presentSendBuddySignedIn({ user, accessToken }: SignedInUser): Static<typeof SendBuddySignedIn> {
  return { user: presentOwnProfile(user), access: accessToken }
}
