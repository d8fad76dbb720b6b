import { createHash } from 'node:crypto'
import { checkLimit, type Clock, consumeLimit, emailKey, type Limit } from '@belay/kit'
import type { PeopleStore } from '#src/schema.ts'

/** An attempt to use a password. */
interface PasswordAttempt {
  /** As typed, whether or not it has an account. */
  email: string
  /** Where the call comes from. */
  address: string
}

/** Counts wrong passwords per account and per address, in the database, so that all replicas share the count. */
export interface LoginFailures {
  /** Throws RateLimited when the account or the address has no failure left. */
  check(attempt: PasswordAttempt): Promise<void>
  /** Counts a failure. Throws RateLimited when there was none left; then the result of this attempt must stay secret. */
  count(attempt: PasswordAttempt): Promise<void>
}

/** The limit applies per account and per address; null switches counting off. */
export function createLoginFailures(options: { store: PeopleStore; clock: Clock; limit: Limit | null }): LoginFailures {
  const { store, clock, limit } = options
  const usesOf = (attempt: PasswordAttempt) =>
    subjectsOf(attempt).map((subject) => ({ subject, limit, now: clock.now() }))

  return {
    async check(attempt) {
      for (const use of usesOf(attempt)) await checkLimit(store.db, use)
    },
    async count(attempt) {
      await store.transaction(async (trx) => {
        for (const use of usesOf(attempt)) await consumeLimit(trx, use)
      })
    }
  }
}

/** Hashed, so that the counters reveal no addresses. Always in this order, which avoids deadlocks. */
function subjectsOf({ email, address }: PasswordAttempt): string[] {
  return [`account:${fingerprint(emailKey(email))}`, `address:${fingerprint(address)}`]
}

function fingerprint(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}
