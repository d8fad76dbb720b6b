import { ResolveIdentity } from '@belay/contracts'
import { answerer } from '@belay/kit'
import { resolveIdentity as resolve } from '#src/identities/resolve-identity.ts'
import type { People } from '#src/context.ts'

export const resolveIdentity = (people: People) =>
  answerer(ResolveIdentity, async (claims) => ({ user_id: await resolve(people, claims) }))
