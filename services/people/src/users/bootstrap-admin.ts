import { randomBytes } from 'node:crypto'
import { UserRegistered } from '@belay/contracts'
import { recordEvent } from '@belay/events'
import type { People } from '#src/context.ts'
import { toAccount } from '#src/users/account.ts'
import { findUserByEmail, hasAdmin, insertUser } from '#src/users/users.repository.ts'

/** Used by development systems whose configuration names no administrator. */
const developmentAdminEmail = 'admin@belay.local'

export interface AdminCredentials {
  email: string
  password: string
}

/**
 * Creates the administrator from the configuration, unless the address has an account. Safe to call from every replica at
 * every start: the unique address lets one of them succeed. Returns whether this one did.
 */
export async function ensureAdmin(people: People, admin: AdminCredentials): Promise<boolean> {
  if ((await findUserByEmail(people.store.db, admin.email)) !== undefined) return false
  const passwordHash = await people.passwords.hash(admin.password)
  return people.store.transaction(async (trx) => {
    const now = people.clock.now()
    const user = await insertUser(trx, {
      id: people.newId(),
      email: admin.email,
      password_hash: passwordHash,
      display_name: 'Administrator',
      role: 'admin',
      created_at: now,
      updated_at: now
    })
    if (user === undefined) return false
    await recordEvent(trx, UserRegistered, { subject: user.id, data: toAccount(user) })
    return true
  })
}

/** Creates an administrator with a random password unless there is one; returns undefined when there is. */
export async function ensureDevelopmentAdmin(people: People): Promise<AdminCredentials | undefined> {
  if (await hasAdmin(people.store.db)) return undefined
  const admin = { email: developmentAdminEmail, password: randomBytes(12).toString('base64url') }
  return (await ensureAdmin(people, admin)) ? admin : undefined
}
