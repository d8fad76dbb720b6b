import { randomBytes } from 'node:crypto'
import type { Pool } from 'undici'

/** Two people with a session between them. */
export interface Pair {
  sessionId: string
  inviterToken: string
  inviteeToken: string
}

const day = '2027-03-16'

/** Registers `count` pairs of people and has one of each invite the other. */
export async function makePairs(pool: Pool, count: number): Promise<Pair[]> {
  const pairs: Pair[] = []
  // A few at a time: every registration hashes a password.
  for (let made = 0; made < count; made += 5) {
    pairs.push(...(await Promise.all(Array.from({ length: Math.min(5, count - made) }, () => makePair(pool)))))
  }
  return pairs
}

async function makePair(pool: Pool): Promise<Pair> {
  const [inviter, invitee] = await Promise.all([register(pool), register(pool)])
  const trip = await post(pool, '/api/trips/', inviter.access_token, {
    destination: { slug: 'railay', name: 'Railay, Krabi' },
    start_date: day,
    end_date: day
  })
  const session = await post(pool, '/api/sessions/', inviter.access_token, {
    invitee_id: invitee.user_id,
    trip_id: trip['id'],
    proposed_date: day,
    time_block: 'morning'
  })
  return { sessionId: String(session['id']), inviterToken: inviter.access_token, inviteeToken: invitee.access_token }
}

async function register(pool: Pool): Promise<{ user_id: string; access_token: string }> {
  const unique = randomBytes(8).toString('hex')
  const answer = await post(pool, '/auth/register', undefined, {
    email: `bench-${unique}@example.org`,
    password: unique,
    display_name: `Bench ${unique}`
  })
  return { user_id: String(answer['user_id']), access_token: String(answer['access_token']) }
}

async function post(
  pool: Pool,
  path: string,
  token: string | undefined,
  body: unknown
): Promise<Record<string, unknown>> {
  const answer = await pool.request({
    method: 'POST',
    path,
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` })
    },
    body: JSON.stringify(body)
  })
  if (answer.statusCode !== 201)
    throw new Error(`POST ${path} answered ${answer.statusCode}: ${await answer.body.text()}`)
  return Object.fromEntries(Object.entries(Object(await answer.body.json())))
}
