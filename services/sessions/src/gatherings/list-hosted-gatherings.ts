import type { ListMyEventsQuery } from '@belay/contracts'
import type { Kysely } from 'kysely'
import type { Static } from 'typebox'
import type { SessionsDatabase } from '#src/schema.ts'
import { type GatheringPage, hosted, toGatheringPage } from './gathering-page.ts'
import { listGatheringViewsOf } from './gathering-views.repository.ts'

/** One page of what somebody hosts, the latest start first. Throws InvalidInput. */
export async function listHostedGatherings(
  db: Kysely<SessionsDatabase>,
  hostId: string,
  { limit, cursor }: Static<typeof ListMyEventsQuery>
): Promise<GatheringPage> {
  return toGatheringPage(await listGatheringViewsOf(db, hostId, { limit, after: hosted.decode(cursor) }), limit, hosted)
}
