import type { Bus } from '@belay/bus'
import { type AccessSignal, liveSubjects } from '@belay/contracts'
import { limitFrom, type Runtime } from '@belay/kit'
import fp from 'fastify-plugin'
import type { PeopleConfig } from '#src/config.ts'
import { createLoginFailures } from '#src/passwords/login-failures.ts'
import { createPasswordHasher } from '#src/passwords/password-hasher.ts'
import type { AccessEnd, People, PeopleStore } from '#src/people.ts'
import { createKeyRing } from '#src/signing-keys/key-ring.ts'
import { createSeal } from '#src/signing-keys/seal.ts'

declare module 'fastify' {
  interface FastifyInstance {
    people: People
  }
}

interface PeopleOptions {
  config: PeopleConfig
  runtime: Runtime
  store: PeopleStore
  bus: Bus
}

const dayMs = 86_400_000
/** Key sets are cached for five minutes; twice that, and everybody knows a key before it signs. */
const keyLeadMs = 600_000
/** Clocks differ; no token is refused because its key went a moment too early. */
const keyGraceMs = 300_000

/** Puts together what the rules of this service work with. */
export default fp<PeopleOptions>(
  async (app, { config, runtime, store, bus }) => {
    const limit = limitFrom(config, 'LIMIT_LOGIN_FAILURES_PER_15_MINUTES', {
      name: 'login-failures',
      windowSeconds: 900
    })
    app.decorate('people', {
      ...runtime,
      store,
      passwords: createPasswordHasher({
        concurrency: config.PASSWORD_HASH_CONCURRENCY,
        waitingMax: config.PASSWORD_HASH_WAITING_MAX
      }),
      loginFailures: createLoginFailures({ store, clock: runtime.clock, limit }),
      keys: keyRingOf(config, runtime, store),
      refreshTokenSeconds: config.REFRESH_TOKEN_TTL_SECONDS,
      endAccess: (end) => bus.publishLive(liveSubjects.access(end.userId), toSignal(end))
    })
  },
  { name: 'people.people' }
)

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
