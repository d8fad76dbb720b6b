import { eventually, registerUser, type TestUser } from '@belay/testing'
import { type Round, watchInbox } from './round.ts'

/** New people, whose inboxes are watched from now on. */
export async function newPeople(round: Round, count: number): Promise<TestUser[]> {
  const people = await Promise.all(
    Array.from({ length: count }, () => eventually(() => registerUser(round.system), { withinMs: 30_000 }))
  )
  for (const person of people) watchInbox(round, person)
  return people
}
