import { registerUser, type TestUser } from './users.ts'

/** Two people and the session to which the first one invited the second. */
export interface Plan {
  inviter: TestUser
  invitee: TestUser
  sessionId: string
  /** Path of the session in the HTTP API. */
  path: string
  /** Path of its messages. */
  messages: string
}

type Pair = Pick<Plan, 'inviter' | 'invitee'>

/** So far ahead that no clock completes a session on it. */
const farDay = '2099-03-16'

/** Registers two people. */
export async function makePair(system: { url: string }): Promise<Pair> {
  const [inviter, invitee] = await Promise.all([registerUser(system), registerUser(system)])
  return { inviter, invitee }
}

/** Registers two people; one invites the other. */
export async function makePlan(system: { url: string }, day = farDay): Promise<Plan> {
  const pair = await makePair(system)
  const sessionId = await invite(pair, day)
  const path = `/api/sessions/${sessionId}/`
  return { ...pair, sessionId, path, messages: `${path}messages/` }
}

/** Invites to one more session between the two; resolves to its id. */
export async function invite({ inviter, invitee }: Pair, day = farDay): Promise<string> {
  const answer = await inviter.api.post('/api/sessions/', await invitation(inviter, invitee, day))
  if (answer.status !== 201) throw new Error(`inviting answered ${answer.status}: ${JSON.stringify(answer.body)}`)
  return answer.body.id
}

/** Creates a trip for an invitation; resolves to the body of the invitation. */
export async function invitation(inviter: TestUser, invitee: TestUser, proposed_date = farDay) {
  const trip = await inviter.api.post('/api/trips/', {
    destination: { slug: 'railay', name: 'Railay, Krabi' },
    start_date: proposed_date,
    end_date: proposed_date
  })
  return {
    invitee_id: invitee.id,
    trip_id: trip.body.id,
    proposed_date,
    time_block: 'morning',
    crag: 'Thaiwand Wall'
  }
}

/** Accepts, declines, cancels or completes a session. */
export async function move(by: TestUser, sessionId: string, name: string, body?: unknown): Promise<void> {
  const answer = await by.api.post(`/api/sessions/${sessionId}/${name}/`, body)
  if (answer.status !== 200) throw new Error(`${name} answered ${answer.status}: ${JSON.stringify(answer.body)}`)
}
