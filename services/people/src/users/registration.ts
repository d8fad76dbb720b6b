import { type Call, deletePendingAnswer, findAnswers, noAnswer, NotYetEffective, upsertPendingAnswer } from '@belay/kit'
import type { PeopleStore } from '#src/schema.ts'

/**
 * The call under which a registration is stored while a service does not know the account yet. The response is not stored:
 * it has tokens, and the same registration again gets tokens of its own.
 */
export function registrationOf(userId: string): Call {
  return { userId, route: 'registration', requestHash: '', key: undefined }
}

/**
 * Runs `work`, which creates or finds an account, and makes sure that every service knows the account.
 * @throws NotYetEffective while one does not
 */
export async function confirmAccount(store: PeopleStore, work: () => Promise<string>): Promise<string> {
  const command = store.commands.open()
  const userId = await store.commands.run(command, work)
  if (command.unconfirmed.length === 0) await confirmRegistration(store, userId)
  else {
    await upsertPendingAnswer(store.db, registrationOf(userId), noAnswer, command.unconfirmed)
    throw new NotYetEffective()
  }
  return userId
}

/** Whether an account's registration waits for a service that does not know the account yet. */
export async function isRegistering(store: PeopleStore, userId: string): Promise<boolean> {
  return (await findAnswers(store.db, registrationOf(userId))).length > 0
}

/**
 * Makes sure that every service knows an account whose registration was not in effect everywhere.
 * @throws NotYetEffective while it still is not
 */
export async function confirmRegistration(store: PeopleStore, userId: string): Promise<void> {
  const call = registrationOf(userId)
  const [pending] = await findAnswers(store.db, call)
  if (pending === undefined) return
  if (!(await store.commands.confirm(pending.awaits))) throw new NotYetEffective()
  await deletePendingAnswer(store.db, call)
}
