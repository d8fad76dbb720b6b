import type { Store } from '@belay/events'
import { AccountDisabled } from '@belay/kit'
import { isBlocked, lockAccountStatuses } from '@belay/people-projection'
import type { Transaction } from 'kysely'
import {
  AlreadyRequested,
  GatheringFull,
  GatheringIsCancelled,
  GatheringNotFound,
  GatheringOver,
  NotTheHost,
  OwnGathering,
  RequestNotFound
} from '#src/errors.ts'
import { findGathering, lockGathering } from '#src/gatherings/gatherings.repository.ts'
import { findLiveStatus } from '#src/gatherings/guests.repository.ts'
import type { GatheringRow, RequestRow, SessionsDatabase } from '#src/schema.ts'
import { acceptRequest } from './accept-request.ts'
import { announceSubmitted } from './request-events.ts'
import { findRequestView, type RequestView } from './request-views.repository.ts'
import { insertRequest } from './requests.repository.ts'

export interface NewRequest {
  id: string
  /** For the booking, if the gathering accepts automatically. */
  bookingId: string
  gatheringId: string
  /** The host according to the guest. */
  hostId: string
  guestId: string
  now: Date
}

/**
 * Asks to join a gathering. Throws the error of the first broken rule. Only the gathering's own setting decides whether the
 * request is accepted at once. Of two identical requests at the same instant one is created.
 */
export async function submitRequest(store: Store<SessionsDatabase>, input: NewRequest): Promise<RequestView> {
  return store.transaction(async (trx) => {
    await checkPeople(trx, input)
    const gathering = await lockJoinableGathering(trx, input)
    const request = toRow(input, gathering)
    if (!(await insertRequest(trx, request))) throw new AlreadyRequested()
    await announceSubmitted(trx, request, gathering)
    const { bookingId, now } = input
    if (gathering.auto_accept) await acceptRequest(trx, gathering, request, { bookingId, automatic: true, now })
    const view = await findRequestView(trx, request.id)
    if (!view) throw new RequestNotFound()
    return view
  })
}

/** Locks the people before the gathering, as all transactions do, so that neither can be blocked or erased meanwhile. */
async function checkPeople(trx: Transaction<SessionsDatabase>, input: NewRequest): Promise<void> {
  const { guestId } = input
  const gathering = await findGathering(trx, input.gatheringId)
  if (!gathering) throw new GatheringNotFound()
  const people = await lockAccountStatuses(trx, [guestId, gathering.host_id])
  if (people.get(guestId) !== 'active') throw new AccountDisabled()
  if (people.get(gathering.host_id) !== 'active') throw new GatheringNotFound()
  if (await isBlocked(trx, guestId, gathering.host_id)) throw new GatheringNotFound()
  if (input.hostId !== gathering.host_id) throw new NotTheHost()
  if (guestId === gathering.host_id) throw new OwnGathering()
}

async function lockJoinableGathering(trx: Transaction<SessionsDatabase>, input: NewRequest): Promise<GatheringRow> {
  const gathering = await lockGathering(trx, input.gatheringId)
  if (!gathering) throw new GatheringNotFound()
  if (await findLiveStatus(trx, gathering.id, input.guestId)) throw new AlreadyRequested()
  if (gathering.status === 'cancelled') throw new GatheringIsCancelled()
  if (gathering.starts_at <= input.now) throw new GatheringOver()
  if (gathering.booked >= gathering.capacity) throw new GatheringFull()
  return gathering
}

function toRow(input: NewRequest, gathering: GatheringRow): RequestRow {
  return {
    id: input.id,
    event_id: gathering.id,
    host_id: gathering.host_id,
    guest_id: input.guestId,
    status: 'SUBMITTED',
    version: 1,
    created_at: input.now,
    updated_at: input.now
  }
}
