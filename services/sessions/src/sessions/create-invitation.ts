import type { Store } from '@belay/events'
import { AccountDisabled, consumeLimit, type Limit } from '@belay/kit'
import { isBlocked, lockAccountStatuses } from '@belay/people-projection'
import type { Transaction } from 'kysely'
import { AlreadyInvited, DateOutsideTrip, InviteeNotFound, SelfInvitation, TripNotFound } from '#src/errors.ts'
import type { SessionRow, SessionsDatabase } from '#src/schema.ts'
import { findTripOf } from '#src/trips/trips.repository.ts'
import { announceSessions } from './session-events.ts'
import { findSessionView, type SessionView } from './session-views.repository.ts'
import { findOpenInvitation, insertInvitation } from './sessions.repository.ts'

export interface Invitation extends Pick<SessionRow, 'time_block' | 'crag' | 'goal'> {
  id: string
  inviterId: string
  inviteeId: string
  tripId: string
  /** `YYYY-MM-DD`. */
  day: string
  now: Date
  limit: Limit | null
}

/**
 * Invites a person. Throws the error of the first broken rule, in the order in which they are checked. Of identical
 * invitations at the same instant one is created. Only created invitations count towards the limit.
 */
export async function createInvitation(store: Store<SessionsDatabase>, input: Invitation): Promise<SessionView> {
  return store.transaction(async (trx) => {
    await checkInvitation(trx, input)
    const row = toRow(input)
    await insertOnce(trx, row)
    await consumeLimit(trx, { subject: input.inviterId, limit: input.limit, now: input.now })
    await announceSessions(trx, [row], { actorId: input.inviterId })
    const view = await findSessionView(trx, row.id)
    if (!view) throw new TripNotFound()
    return view
  })
}

async function checkInvitation(trx: Transaction<SessionsDatabase>, input: Invitation): Promise<void> {
  const { inviterId, inviteeId, day } = input
  const statuses = await lockAccountStatuses(trx, [inviterId, inviteeId])
  if (statuses.get(inviterId) !== 'active') throw new AccountDisabled()
  if (statuses.get(inviteeId) !== 'active') throw new InviteeNotFound()
  if (await isBlocked(trx, inviterId, inviteeId)) throw new InviteeNotFound()
  if (inviteeId === inviterId) throw new SelfInvitation()
  const trip = await findTripOf(trx, inviterId, input.tripId)
  if (!trip) throw new TripNotFound()
  if (day < trip.start_date || day > trip.end_date) throw new DateOutsideTrip()
}

/** Throws AlreadyInvited unless the row could be written. */
async function insertOnce(trx: Transaction<SessionsDatabase>, row: SessionRow): Promise<void> {
  while (!(await insertInvitation(trx, row))) {
    const existing = await findOpenInvitation(trx, row)
    // Without one, the conflicting invitation has just been closed, so the next insert can succeed.
    if (existing)
      throw new AlreadyInvited(existing.status === 'accepted' ? 'an accepted session' : 'a pending invitation')
  }
}

function toRow(input: Invitation): SessionRow {
  return {
    id: input.id,
    inviter_id: input.inviterId,
    invitee_id: input.inviteeId,
    trip_id: input.tripId,
    proposed_date: input.day,
    time_block: input.time_block,
    crag: input.crag,
    goal: input.goal,
    status: 'pending',
    version: 1,
    created_at: input.now,
    updated_at: input.now
  }
}
