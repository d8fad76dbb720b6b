import { positionsOf } from '@belay/kit'
import type { Kysely } from 'kysely'
import { listRequestViewsOf, type RequestView } from '#src/requests/request-views.repository.ts'
import type { SessionsDatabase } from '#src/schema.ts'
import { nextCursor } from './next-cursor.ts'

const positions = positionsOf('requests', 'text')

/** One page of a person's requests, and the cursor of the next one. Throws InvalidInput for a cursor of another list. */
export async function listRequests(
  db: Kysely<SessionsDatabase>,
  personId: string,
  { limit, cursor }: { limit: number; cursor?: string }
): Promise<{ requests: RequestView[]; next: string | undefined }> {
  const requests = await listRequestViewsOf(db, personId, { limit, before: positions.decode(cursor)?.id })
  return { requests, next: nextCursor(requests, limit, positions, () => null) }
}
