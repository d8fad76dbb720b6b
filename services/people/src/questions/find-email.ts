import { FindEmail } from '@belay/contracts'
import { answerer } from '@belay/kit'
import type { People } from '#src/context.ts'
import { findUser } from '#src/users/users.repository.ts'

export const findEmail = (people: People) =>
  answerer(FindEmail, async ({ user_id }) => ({ email: (await findUser(people.store.db, user_id))?.email ?? null }))
