import type { Answerer } from '@belay/kit'
import type { People } from '#src/context.ts'
import { findEmail } from './find-email.ts'
import { listSigningKeys } from './list-signing-keys.ts'
import { resolveIdentity } from './resolve-identity.ts'

/** What other services may ask of this one. */
export function listQuestions(people: People): Answerer[] {
  return [findEmail(people), listSigningKeys(people), resolveIdentity(people)]
}
