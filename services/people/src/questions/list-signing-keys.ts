import { ListSigningKeys } from '@belay/contracts'
import { answerer } from '@belay/kit'
import type { People } from '#src/context.ts'

export const listSigningKeys = (people: People) =>
  answerer(ListSigningKeys, async () => ({ keys: await people.keys.listPublicKeys() }))
