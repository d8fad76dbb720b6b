import { registerUser, type TestSystem, type TestUser } from '@belay/testing'

/** Two people and the session to which the first one invited the second. */
export interface Plan {
  inviter: TestUser
  invitee: TestUser
  sessionId: string
}

/** Two people without a session. */
export async function makePair(system: TestSystem): Promise<Omit<Plan, 'sessionId'>> {
  const [inviter, invitee] = await Promise.all([registerUser(system), registerUser(system)])
  return { inviter, invitee }
}

/** Registers two people; one invites the other. */
export async function makePlan(system: TestSystem, day?: string): Promise<Plan> {
  const pair = await makePair(system)
  return { ...pair, sessionId: await invite(pair, day) }
}

/** One more session between the two. */
export async function invite({ inviter, invitee }: Omit<Plan, 'sessionId'>, day = '2099-03-16'): Promise<string> {
  const trip = await inviter.api.post('/api/trips/', {
    destination: { slug: 'railay', name: 'Railay, Krabi' },
    start_date: day,
    end_date: day
  })
  const session = await inviter.api.post('/api/sessions/', {
    invitee_id: invitee.id,
    trip_id: trip.body.id,
    proposed_date: day,
    time_block: 'morning',
    crag: 'Thaiwand Wall'
  })
  if (session.status !== 201) throw new Error(`inviting answered ${session.status}: ${JSON.stringify(session.body)}`)
  return session.body.id
}

/** Accepts, declines, cancels or completes. */
export async function move(by: TestUser, sessionId: string, name: string, body?: unknown): Promise<void> {
  const answer = await by.api.post(`/api/sessions/${sessionId}/${name}/`, body)
  if (answer.status !== 200) throw new Error(`${name} answered ${answer.status}: ${JSON.stringify(answer.body)}`)
}

/** Sends a message over HTTP. */
export async function send(by: TestUser, sessionId: string, body: string): Promise<void> {
  const answer = await by.api.post(`/api/sessions/${sessionId}/messages/`, { body })
  if (answer.status !== 201) throw new Error(`sending answered ${answer.status}: ${JSON.stringify(answer.body)}`)
}
