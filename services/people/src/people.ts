import type { EventStore } from '@belay/events'
import type { Runtime } from '@belay/kit'
import type { LoginFailures } from '#src/passwords/login-failures.ts'
import type { PasswordHasher } from '#src/passwords/password-hasher.ts'
import type { PeopleDatabase } from '#src/schema.ts'
import type { KeyRing } from '#src/signing-keys/key-ring.ts'

export type PeopleStore = EventStore<PeopleDatabase>

/** Why open sockets of a person must close. */
export interface AccessEnd {
  userId: string
  reason: 'disabled' | 'deleted' | 'logged_out'
  /** Only those of this sign-in; absent: all. */
  signInId?: string
}

/** What the rules of this service work with, beside their input. */
export interface People extends Runtime {
  store: PeopleStore
  passwords: PasswordHasher
  loginFailures: LoginFailures
  keys: KeyRing
  /** Seconds for which a refresh token is good. */
  refreshTokenSeconds: number
  /** Tells open sockets at once; may be lost, so nothing may depend on it. */
  endAccess(end: AccessEnd): void
}
