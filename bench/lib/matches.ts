import type { Pool } from 'undici'
import { type Person, post, register, repeat } from './api.ts'

/** Two people who matched. */
export interface Match {
  conversationId: string
  one: Person
  other: Person
}

/** Registers `count` pairs of people who like each other. */
export async function makeMatches(pool: Pool, count: number): Promise<Match[]> {
  return repeat(count, () => makeMatch(pool))
}

async function makeMatch(pool: Pool): Promise<Match> {
  const [one, other] = await Promise.all([register(pool), register(pool)])
  await post(pool, `/api/v1/users/${other.id}/like`, one.token, {})
  const { data } = await post(pool, `/api/v1/users/${one.id}/like`, other.token, {})
  const conversationId = Object(data).match_id
  if (typeof conversationId !== 'string') throw new Error(`no match in ${JSON.stringify(data)}`)
  return { conversationId, one, other }
}
