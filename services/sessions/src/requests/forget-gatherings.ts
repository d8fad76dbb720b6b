import type { Transaction } from 'kysely'
import { endEvent } from '#src/events/cancel-event.ts'
import { lockEventsOf } from '#src/events/events.repository.ts'
import type { SessionsDatabase } from '#src/schema.ts'
import { listLiveRequestsIn } from './requests.repository.ts'
import { endRequests } from './withdraw-request.ts'

/** For an erased account: what they host and has not begun is cancelled, what they asked for is withdrawn. */
export async function forgetGatherings(trx: Transaction<SessionsDatabase>, personId: string, now: Date): Promise<void> {
  const { hosted, joined } = await lockEventsOf(trx, personId, now)
  for (const event of hosted) await endEvent(trx, { eventId: event.id, now, cause: 'account_deleted' })
  const eventIds = joined.map((event) => event.id)
  const requests = await listLiveRequestsIn(trx, personId, eventIds)
  await endRequests(
    trx,
    requests.map((request) => request.id),
    joined,
    now
  )
}
