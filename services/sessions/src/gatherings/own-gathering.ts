import type { Transaction } from 'kysely'
import { EventIsCancelled, EventNotFound, EventOver, OnlyHostOfEvent } from '#src/errors.ts'
import { isBlockedEitherWay } from '#src/people/blocks.repository.ts'
import type { EventRow, SessionsDatabase } from '#src/schema.ts'
import { lockEvent } from './events.repository.ts'

/**
 * The event, locked, for the host to change or cancel. Throws EventNotFound, OnlyHostOfEvent, and EventIsCancelled or
 * EventOver where there is nothing to change any more.
 */
export async function lockOwnEvent(
  trx: Transaction<SessionsDatabase>,
  input: { eventId: string; callerId: string; now: Date; aim: 'change' | 'cancel' }
): Promise<EventRow> {
  const event = await lockEvent(trx, input.eventId)
  if (!event) throw new EventNotFound()
  if (event.host_id !== input.callerId) {
    if (await isBlockedEitherWay(trx, input.callerId, event.host_id)) throw new EventNotFound()
    throw new OnlyHostOfEvent(input.aim)
  }
  if (event.status === 'cancelled') throw new EventIsCancelled()
  if (event.starts_at <= input.now) throw new EventOver()
  return event
}
