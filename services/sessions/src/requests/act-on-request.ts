import type { Store } from '@belay/events'
import { isBlocked, lockAccountStatuses } from '@belay/people-projection'
import type { Transaction } from 'kysely'
import { GatheringNotFound, OnlyHostOfRequest, RequestIsOver, RequestNotFound } from '#src/errors.ts'
import { lockGathering } from '#src/gatherings/gatherings.repository.ts'
import type { GatheringRow, RequestRow, SessionsDatabase } from '#src/schema.ts'
import { acceptRequest } from './accept-request.ts'
import { announceDeclined } from './request-events.ts'
import { findRequest, updateRequests } from './requests.repository.ts'

export interface Act {
  action: 'accept' | 'decline'
  requestId: string
  callerId: string
  /** For the booking, if the request is accepted. */
  bookingId: string
  now: Date
}

/** What has become of the request; the group's thread and the booking only if it was accepted. */
export interface ActedOn {
  request_id: string
  status: 'ACCEPTED' | 'DECLINED'
  booking_id?: string
  thread_id?: string
}

/**
 * Accepts or declines a request for its host. Changes in one gathering run one after another, so with k places left and more
 * accepts at once exactly k succeed. Throws RequestNotFound, OnlyHostOfRequest, RequestIsOver or GatheringFull.
 */
export async function actOnRequest(store: Store<SessionsDatabase>, act: Act): Promise<ActedOn> {
  return store.transaction(async (trx) => {
    const { gathering, request } = await lockSubmitted(trx, act)
    if (act.action === 'decline') return decline(trx, gathering, request, act.now)
    if (await isBlocked(trx, request.host_id, request.guest_id)) throw new RequestNotFound()
    await acceptRequest(trx, gathering, request, { bookingId: act.bookingId, automatic: false, now: act.now })
    return { request_id: request.id, status: 'ACCEPTED', booking_id: act.bookingId, thread_id: gathering.thread_id }
  })
}

async function lockSubmitted(
  trx: Transaction<SessionsDatabase>,
  act: Act
): Promise<{ gathering: GatheringRow; request: RequestRow }> {
  const known = await findRequest(trx, act.requestId)
  if (!known) throw new RequestNotFound()
  if (known.host_id !== act.callerId) throw new OnlyHostOfRequest()
  await lockAccountStatuses(trx, [known.host_id, known.guest_id])
  const gathering = await lockGathering(trx, known.event_id)
  if (!gathering) throw new GatheringNotFound()
  // Read again under the lock, which keeps it from changing.
  const request = await findRequest(trx, known.id)
  if (!request) throw new RequestNotFound()
  if (request.status !== 'SUBMITTED') throw new RequestIsOver(request.status.toLowerCase())
  return { gathering, request }
}

async function decline(
  trx: Transaction<SessionsDatabase>,
  gathering: GatheringRow,
  request: RequestRow,
  now: Date
): Promise<ActedOn> {
  const [declined] = await updateRequests(trx, [request.id], { status: 'DECLINED', now })
  if (!declined) throw new RequestNotFound()
  await announceDeclined(trx, declined, gathering)
  return { request_id: request.id, status: 'DECLINED' }
}
