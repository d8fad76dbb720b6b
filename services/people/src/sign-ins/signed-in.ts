import type { OwnProfile, SignedIn } from '@belay/contracts'
import type { Static } from 'typebox'
import type { People } from '#src/people.ts'
import type { StartedSignIn } from '#src/sign-ins/start-sign-in.ts'
import { toOwnProfile } from '#src/users/user.ts'
import type { User } from '#src/users/users.repository.ts'

/** What registering and logging in give: the answer's body, the profile, and the refresh token for its cookie. */
export interface SignedInResult {
  body: Static<typeof SignedIn>
  profile: Static<typeof OwnProfile>
  refreshToken: string
}

export async function toSignedIn(people: People, user: User, signIn: StartedSignIn): Promise<SignedInResult> {
  return {
    body: {
      access_token: await people.keys.sign({ userId: user.id, signInId: signIn.signInId }),
      token_type: 'bearer',
      expires_in: people.keys.accessTokenSeconds,
      user_id: user.id,
      display_name: user.display_name,
      email: user.email ?? ''
    },
    profile: toOwnProfile(user),
    refreshToken: signIn.refreshToken
  }
}
