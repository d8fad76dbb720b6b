import { findUser } from '@belay/people-projection'
import type { Kysely } from 'kysely'
import type { ChatDatabase } from '#src/schema.ts'

/** Returns why a person may do nothing at all; undefined for one who may. */
export async function refuseAccount(db: Kysely<ChatDatabase>, userId: string) {
  const user = await findUser(db, userId)
  if (user === undefined) return { ok: false, reason: 'user_not_found', detail: 'User not found' } as const
  if (user.disabled) return { ok: false, reason: 'account_disabled', detail: 'This account is disabled' } as const
  return undefined
}
