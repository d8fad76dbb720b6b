import { type Api, move, registerUser, type TestUser } from '@belay/testing'

/** A day so far ahead that no clock completes a session on it. */
export const day = '2099-03-16'

export const unknownId = '0198c1f0-0000-7000-8000-000000000000'

export interface Plan {
  inviter: TestUser
  invitee: TestUser
  tripId: string
}

/** Two people, and a trip of the first one around `day`. */
export async function makePlan(
  system: { url: string },
  dates = { from: '2099-03-15', to: '2099-03-28' }
): Promise<Plan> {
  const [inviter, invitee] = await Promise.all([registerUser(system), registerUser(system)])
  return { inviter, invitee, tripId: await makeTrip(inviter.api, dates) }
}

export async function makeTrip(api: Api, dates = { from: '2099-03-15', to: '2099-03-28' }): Promise<string> {
  const answer = await api.post('/api/trips/', {
    destination: { slug: 'railay', name: 'Railay, Krabi' },
    start_date: dates.from,
    end_date: dates.to
  })
  if (answer.status !== 201)
    throw new Error(`POST /api/trips/ answered ${answer.status}: ${JSON.stringify(answer.body)}`)
  return answer.body.id
}

/** The body of a proper invitation, but for what is overridden. */
export function invitation(plan: Plan, overrides: Record<string, unknown> = {}) {
  return {
    invitee_id: plan.invitee.id,
    trip_id: plan.tripId,
    proposed_date: day,
    time_block: 'morning',
    crag: 'Thaiwand Wall',
    goal: 'Work on 5.11 endurance routes',
    ...overrides
  }
}

export async function invite(plan: Plan, overrides: Record<string, unknown> = {}): Promise<string> {
  const answer = await plan.inviter.api.post('/api/sessions/', invitation(plan, overrides))
  if (answer.status !== 201) throw new Error(`inviting answered ${answer.status}: ${JSON.stringify(answer.body)}`)
  return answer.body.id
}

/** A session brought to this status by its people. */
export async function sessionIn(plan: Plan, status: string, overrides: Record<string, unknown> = {}): Promise<string> {
  const id = await invite(plan, overrides)
  if (status === 'accepted' || status === 'completed') await move(plan.invitee, id, 'accept')
  if (status === 'completed') await move(plan.inviter, id, 'complete')
  if (status === 'declined') await move(plan.invitee, id, 'decline')
  if (status === 'cancelled') await move(plan.inviter, id, 'cancel')
  return id
}

/** The path and query of an absolute link, for an api client. */
export function pathOf(link: string): string {
  const { pathname, search } = new URL(link)
  return pathname + search
}
