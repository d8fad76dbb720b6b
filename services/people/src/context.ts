import type { Bus } from '@belay/bus'
import { type AccessSignal, liveSubjects } from '@belay/contracts'
import { limitFrom, type Runtime } from '@belay/kit'
import { type Chat, createChatClient } from './clients/chat.ts'
import type { PeopleConfig } from './config.ts'
import { createLoginFailures, type LoginFailures } from './passwords/login-failures.ts'
import { createPasswordHasher, type PasswordHasher } from './passwords/password-hasher.ts'
import type { PeopleStore, ReportRow } from './schema.ts'
import { createKeyRing, type KeyRing } from './signing-keys/key-ring.ts'
import { createSeal } from './signing-keys/seal.ts'

/** Why open sockets of a person must close. */
export interface AccessEnd {
  userId: string
  reason: 'disabled' | 'deleted' | 'logged_out'
  /** Only the sockets of this sign-in; all of them without it. */
  signInId?: string
}

/** What operators see of moderation in metrics. */
export interface Moderation {
  countBlock(): void
  countReport(reason: ReportRow['reason']): void
}

/** What routes and questions of this service work with. */
export interface People extends Runtime {
  store: PeopleStore
  passwords: PasswordHasher
  loginFailures: LoginFailures
  keys: KeyRing
  chat: Chat
  moderation: Moderation
  /** Seconds until a refresh token expires. */
  refreshTokenSeconds: number
  /** Closes open sockets at once. The signal can be lost, so nothing may depend on it. */
  endAccess(end: AccessEnd): void
}

export interface PeopleOptions {
  config: PeopleConfig
  runtime: Runtime
  store: PeopleStore
  bus: Bus
  moderation: Moderation
}

const dayMs = 86_400_000
/** Verifiers cache key sets for five minutes, so after twice that all of them have a key before it signs. */
const keyLeadMs = 600_000
/** Tolerates clocks that differ: no token is rejected because its key was removed a moment too early. */
const keyGraceMs = 300_000

/** Creates the context. */
export function createPeople({ config, runtime, store, bus, moderation }: PeopleOptions): People {
  const limit = limitFrom(config, 'LIMIT_LOGIN_FAILURES_PER_15_MINUTES', {
    name: 'login-failures',
    windowSeconds: 900
  })
  return {
    ...runtime,
    store,
    passwords: createPasswordHasher({
      concurrency: config.PASSWORD_HASH_CONCURRENCY,
      waitingMax: config.PASSWORD_HASH_WAITING_MAX
    }),
    loginFailures: createLoginFailures({ store, clock: runtime.clock, limit }),
    keys: keyRingOf(config, runtime, store),
    chat: createChatClient(bus),
    moderation,
    refreshTokenSeconds: config.REFRESH_TOKEN_TTL_SECONDS,
    endAccess: (end) => bus.publishLive(liveSubjects.access(end.userId), toSignal(end))
  }
}

function keyRingOf(config: PeopleConfig, runtime: Runtime, store: PeopleStore) {
  return createKeyRing({
    ...runtime,
    db: store.db,
    seal: createSeal(config.KEY_ENCRYPTION_SECRET),
    policy: {
      rotationMs: config.KEY_ROTATION_DAYS * dayMs,
      leadMs: keyLeadMs,
      keepMs: config.ACCESS_TOKEN_TTL_SECONDS * 1000 + keyGraceMs
    },
    issuer: config.TOKEN_ISSUER,
    audience: config.TOKEN_AUDIENCE,
    accessTokenSeconds: config.ACCESS_TOKEN_TTL_SECONDS
  })
}

function toSignal({ reason, signInId }: AccessEnd): AccessSignal {
  return { kind: 'access_ended', reason, ...(signInId !== undefined && { sign_in_id: signInId }) }
}
