import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { PeopleDatabase } from '#src/schema.ts'
import type { User } from '#src/users/users.repository.ts'

/** Who discovers people. A premium person has no more use for those they wrote to. */
export interface Discoverer {
  id: string
  tier: User['tier']
}

export type DiscoveredPerson = Pick<User, 'id' | 'display_name' | 'profile_photos' | 'bio' | 'birthdate'>

const largestId = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/**
 * Returns people whom the discoverer does not know yet, in the order of their registration, the latest first. Looks at no more
 * than `candidates` people after the position.
 */
export function discovering(
  by: Discoverer,
  page: { before?: string | undefined; limit: number; candidates: number }
): RawBuilder<DiscoveredPerson> {
  const { before = largestId, limit, candidates } = page
  const wrote = sql`
    and not exists (select from written_to where sender_id = ${by.id} and receiver_id = candidate.id)`
  return sql`
    select id, display_name, profile_photos, bio, birthdate
    from (
      select id, display_name, profile_photos, bio, birthdate from users
      where deleted_at is null and not disabled and id < ${before}::uuid
      order by id desc limit ${candidates}
    ) as candidate
    where id <> ${by.id}
      and not exists (select from likes where liker_id = ${by.id} and liked_id = candidate.id)
      and not exists (
        select from matches
        where user1_id = least(${by.id}::uuid, candidate.id) and user2_id = greatest(${by.id}::uuid, candidate.id))
      and not exists (
        select from blocks where active and blocker_id = ${by.id} and blocked_id = candidate.id)
      and not exists (
        select from blocks where active and blocker_id = candidate.id and blocked_id = ${by.id})
      ${by.tier === 'premium' ? wrote : sql``}
    order by id desc limit ${limit}`
}

/** Returns the last of the next `candidates` people after a position; undefined when there are fewer. */
export async function findLastCandidate(
  db: Kysely<PeopleDatabase>,
  page: { before?: string | undefined; candidates: number }
): Promise<string | undefined> {
  const last = await db
    .selectFrom('users')
    .select('id')
    .where('deleted_at', 'is', null)
    .where('disabled', '=', false)
    .where('id', '<', page.before ?? largestId)
    .orderBy('id', 'desc')
    .offset(page.candidates - 1)
    .limit(1)
    .executeTakeFirst()
  return last?.id
}
