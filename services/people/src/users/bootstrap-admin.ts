import { randomBytes } from 'node:crypto'
import { UserRegistered } from '@belay/contracts'
import { recordEvent } from '@belay/events'
import type { People } from '#src/context.ts'
import { toAccount } from '#src/users/account.ts'
import { findUserByEmail, hasAdmin, insertUser } from '#src/users/users.repository.ts'

/** The administrator of a development system that names none. */
const developmentAdminEmail = 'admin@belay.local'

export interface AdminCredentials {
  email: string
  password: string
}

/**
 * Creates the administrator whom the operator named, unless the address has an account already. Safe to call
 * from every replica at every start: the unique address lets one of them succeed. Returns whether it was this one.
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

/** Gives a development system without any administrator one with a random password; undefined when there is one. */
export async function ensureDevelopmentAdmin(people: People): Promise<AdminCredentials | undefined> {
  if (await hasAdmin(people.store.db)) return undefined
  const admin = { email: developmentAdminEmail, password: randomBytes(12).toString('base64url') }
  return (await ensureAdmin(people, admin)) ? admin : undefined
}
