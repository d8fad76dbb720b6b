import { registerUser, type TestSystem, type TestUser } from '@belay/testing'

/** Two people with a session between them. */
export interface Plan {
  inviter: TestUser
  invitee: TestUser
  sessionId: string
}

/** What inviting needs besides the two people. */
const day = '2027-03-16'

/** Registers two people; one invites the other. */
export async function makePlan(system: Pick<TestSystem, 'url'>): Promise<Plan> {
  const [inviter, invitee] = await Promise.all([registerUser(system), registerUser(system)])
  const answer = await inviter.api.post('/api/sessions/', await invitation(inviter, invitee))
  if (answer.status !== 201) throw new Error(`inviting answered ${answer.status}: ${JSON.stringify(answer.body)}`)
  return { inviter, invitee, sessionId: answer.body.id }
}

/** The body of an invitation, with a trip made for it. */
export async function invitation(inviter: TestUser, invitee: TestUser, proposed_date = day) {
  const trip = await inviter.api.post('/api/trips/', {
    destination: { slug: 'railay', name: 'Railay, Krabi' },
    start_date: proposed_date,
    end_date: proposed_date
  })
  return { invitee_id: invitee.id, trip_id: trip.body.id, proposed_date, time_block: 'morning' }
}
