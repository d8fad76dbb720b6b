import { UserDeleted, UserRegistered, UserUpdated } from '@belay/contracts'
import { recordEvent, redactRecorded } from '@belay/events'
import { InvalidToken } from '@belay/kit'
import { deleteBlocksOf } from '#src/blocks/blocks.repository.ts'
import { ManagedElsewhere, WrongPassword } from '#src/errors.ts'
import { deleteIdentitiesOf } from '#src/identities/identities.repository.ts'
import type { People } from '#src/context.ts'
import { deleteWrittenTo } from '#src/discovery/written-to.repository.ts'
import { endMatchesOf } from '#src/matches/end-match.ts'
import { deleteReportsOf } from '#src/reports/reports.repository.ts'
import { deleteSignInsOf } from '#src/sign-ins/sign-ins.repository.ts'
import { eraseUser, findUser, lockUser } from '#src/users/users.repository.ts'

/** The events that carry a profile. */
const accountTypes = [UserRegistered.type, UserUpdated.type]
const erasedProfile = { display_name: 'Deleted user', avatar: null, bio: '', profile_photos: [], birthdate: null }

/**
 * Erases the caller's account: deletes all personal data here, publishes the event by which other services do the same, and
 * closes open sockets. Wrong passwords count as failed logins, so that a stolen token cannot be used to guess. Throws
 * InvalidToken, ManagedElsewhere, WrongPassword or RateLimited.
 */
export async function eraseAccount(
  people: People,
  input: { userId: string; password: string; address: string }
): Promise<void> {
  const { userId } = input
  const user = await findUser(people.store.db, userId)
  if (user === undefined) throw new InvalidToken()
  if (user.password_hash === null || user.email === null) throw new ManagedElsewhere()
  await checkPassword(people, { email: user.email, address: input.address }, user.password_hash, input.password)
  await people.store.transaction(async (trx) => {
    const living = await lockUser(trx, userId)
    if (living === undefined) throw new InvalidToken()
    const erased = await eraseUser(trx, userId, people.clock.now())
    await deleteSignInsOf(trx, userId)
    await deleteIdentitiesOf(trx, userId)
    await deleteBlocksOf(trx, userId)
    await deleteReportsOf(trx, userId)
    await endMatchesOf(trx, userId)
    await deleteWrittenTo(trx, userId)
    await redactRecorded(trx, { subject: userId, types: accountTypes }, erasedProfile)
    await recordEvent(trx, UserDeleted, { subject: userId, data: { id: userId, version: erased.version } })
  })
  people.endAccess({ userId, reason: 'deleted' })
}

async function checkPassword(
  people: People,
  attempt: { email: string; address: string },
  hash: string,
  password: string
): Promise<void> {
  await people.loginFailures.check(attempt)
  if (await people.passwords.verify(hash, password)) return people.loginFailures.check(attempt)
  await people.loginFailures.count(attempt)
  throw new WrongPassword()
}
