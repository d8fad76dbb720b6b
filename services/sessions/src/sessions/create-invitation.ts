import type { CreateSessionBody } from '@belay/contracts'
import type { Store } from '@belay/events'
import { AccountDisabled, consumeLimit, type Limit } from '@belay/kit'
import type { Transaction } from 'kysely'
import type { Static } from 'typebox'
import { AlreadyInvited, DateOutsideTrip, InviteeNotFound, SelfInvitation, TripNotFound } from '#src/errors.ts'
import { isBlockedEitherWay } from '#src/people/blocks.repository.ts'
import { lockStandings } from '#src/people/users.repository.ts'
import type { SessionRow, SessionsDatabase } from '#src/schema.ts'
import { findTripOf } from '#src/trips/trips.repository.ts'
import { announceSessions } from './session-events.ts'
import { findSessionView, type SessionView } from './session-views.repository.ts'
import { findOpenInvitation, insertInvitation } from './sessions.repository.ts'

export type Invitation = Static<typeof CreateSessionBody> & {
  id: string
  inviterId: string
  now: Date
  limit: Limit | null
}

/**
 * Invites somebody. The first rule that is broken answers, in the order of the Send Buddy API; of identical
 * invitations at one instant one is made. Only an invitation that is made counts towards the limit.
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
  const { inviterId, invitee_id: inviteeId } = input
  const people = await lockStandings(trx, [inviterId, inviteeId])
  if (people.get(inviterId) !== 'active') throw new AccountDisabled()
  if (people.get(inviteeId) !== 'active') throw new InviteeNotFound()
  if (await isBlockedEitherWay(trx, inviterId, inviteeId)) throw new InviteeNotFound()
  if (inviteeId === inviterId) throw new SelfInvitation()
  const trip = await findTripOf(trx, inviterId, input.trip_id)
  if (!trip) throw new TripNotFound()
  if (input.proposed_date < trip.start_date || input.proposed_date > trip.end_date) throw new DateOutsideTrip()
}

/** Throws AlreadyInvited unless the row could be written. */
async function insertOnce(trx: Transaction<SessionsDatabase>, row: SessionRow): Promise<void> {
  while (!(await insertInvitation(trx, row))) {
    const existing = await findOpenInvitation(trx, row)
    // None: the one that stood in the way has just been closed, so there is room again.
    if (existing)
      throw new AlreadyInvited(existing.status === 'accepted' ? 'an accepted session' : 'a pending invitation')
  }
}

function toRow(input: Invitation): SessionRow {
  return {
    id: input.id,
    inviter_id: input.inviterId,
    invitee_id: input.invitee_id,
    trip_id: input.trip_id,
    proposed_date: input.proposed_date,
    time_block: input.time_block,
    crag: input.crag ?? '',
    goal: input.goal ?? '',
    status: 'pending',
    version: 1,
    created_at: input.now,
    updated_at: input.now
  }
}
