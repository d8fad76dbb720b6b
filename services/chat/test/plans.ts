import { registerUser, type TestSystem, type TestUser } from '@belay/testing'

/** Two people with a session between them. */
export interface Plan {
  inviter: TestUser
  invitee: TestUser
  sessionId: string
  /** Path of the session's messages. */
  messages: string
}

/** Registers two people; one invites the other. */
export async function makePlan(system: TestSystem): Promise<Plan> {
  const [inviter, invitee] = await Promise.all([registerUser(system), registerUser(system)])
  const sessionId = await invite(inviter, invitee, '2027-03-16')
  return { inviter, invitee, sessionId, messages: `/api/sessions/${sessionId}/messages/` }
}

/** One more session between the two, on another day. */
async function invite(inviter: TestUser, invitee: TestUser, day: string): Promise<string> {
  const trip = await inviter.api.post('/api/trips/', {
    destination: { slug: 'railay', name: 'Railay, Krabi' },
    start_date: day,
    end_date: day
  })
  const session = await inviter.api.post('/api/sessions/', {
    invitee_id: invitee.id,
    trip_id: trip.body.id,
    proposed_date: day,
    time_block: 'morning'
  })
  if (session.status !== 201) throw new Error(`inviting answered ${session.status}: ${JSON.stringify(session.body)}`)
  return session.body.id
}
