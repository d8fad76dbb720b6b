import type { Pool } from 'undici'
import { post, register, repeat } from './api.ts'

/** Two people with a session between them. */
export interface Pair {
  sessionId: string
  inviterToken: string
  inviteeToken: string
}

const day = '2099-03-16'

/** Registers `count` pairs of people and has one of each invite the other. */
export async function makePairs(pool: Pool, count: number): Promise<Pair[]> {
  return repeat(count, () => makePair(pool))
}

/** Has the inviter send a message. */
export async function greet(pool: Pool, pair: Pair): Promise<void> {
  await post(pool, `/api/sessions/${pair.sessionId}/messages/`, pair.inviterToken, { body: 'hello' })
}

async function makePair(pool: Pool): Promise<Pair> {
  const [inviter, invitee] = await Promise.all([register(pool), register(pool)])
  const trip = await post(pool, '/api/trips/', inviter.token, {
    destination: { slug: 'railay', name: 'Railay, Krabi' },
    start_date: day,
    end_date: day
  })
  const session = await post(pool, '/api/sessions/', inviter.token, {
    invitee_id: invitee.id,
    trip_id: trip['id'],
    proposed_date: day,
    time_block: 'morning'
  })
  return { sessionId: String(session['id']), inviterToken: inviter.token, inviteeToken: invitee.token }
}
