import type { ListRequestsQuery } from '@belay/contracts'
import { positionsOf } from '@belay/kit'
import type { Kysely } from 'kysely'
import type { Static } from 'typebox'
import type { SessionsDatabase } from '#src/schema.ts'
import { listRequestViewsOf, type RequestView } from './request-views.repository.ts'

const positions = positionsOf('requests', 'text')

/** One page of somebody's requests, and where the next one begins unless this one is not full. Throws InvalidInput. */
export async function listRequests(
  db: Kysely<SessionsDatabase>,
  personId: string,
  { limit, cursor }: Static<typeof ListRequestsQuery>
): Promise<{ requests: RequestView[]; next: string | undefined }> {
  const requests = await listRequestViewsOf(db, personId, { limit, before: positions.decode(cursor)?.id })
  const last = requests.at(-1)
  const isFull = last !== undefined && requests.length === limit
  return { requests, next: isFull ? positions.encode({ key: null, id: last.id }) : undefined }
}
