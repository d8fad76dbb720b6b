import type { People } from '#src/context.ts'
import { type DiscoveredPerson, type Discoverer, discovering, findLastCandidate } from './discovery.repository.ts'

/** So that a page costs no more for those who know almost everyone: it is shorter then, and the next one goes on. */
const candidatesMax = 5_000

/** One page of people to discover, and the position to go on from; null at the end. */
export interface DiscoveryPage {
  users: DiscoveredPerson[]
  next: string | null
}

/** Returns whom a person may discover after a position: those they have no tie with, a block in either direction included. */
export async function discover(
  people: People,
  by: Discoverer,
  page: { before?: string | undefined; limit: number }
): Promise<DiscoveryPage> {
  const { db } = people.store
  const { before, limit } = page
  const { rows } = await discovering(by, { before, limit: limit + 1, candidates: candidatesMax }).execute(db)
  const users = rows.slice(0, limit)
  if (rows.length > limit) return { users, next: users.at(-1)?.id ?? null }
  return { users, next: (await findLastCandidate(db, { before, candidates: candidatesMax })) ?? null }
}
