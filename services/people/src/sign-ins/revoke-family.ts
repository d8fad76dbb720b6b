import type { People } from '#src/people.ts'
import { revokeSignIn } from '#src/sign-ins/sign-ins.repository.ts'

/** Ends a sign-in: none of its refresh tokens is good any more, and its open sockets close. */
export async function revokeFamily(people: People, signIn: { sign_in_id: string; user_id: string }): Promise<void> {
  const revoked = await revokeSignIn(people.store.db, signIn.sign_in_id, people.clock.now())
  if (revoked) people.endAccess({ userId: signIn.user_id, reason: 'logged_out', signInId: signIn.sign_in_id })
}
