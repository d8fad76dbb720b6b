import type { Store } from '@belay/events'
import { AccountDisabled } from '@belay/kit'
import { EventNotFound } from '#src/errors.ts'
import { lockStandings } from '#src/people/users.repository.ts'
import type { SessionsDatabase } from '#src/schema.ts'
import { setTagsOf } from '#src/tags/tags.repository.ts'
import { announceCreated } from './event-events.ts'
import { checkPlan, type EventPlan, toColumns } from './event-plan.ts'
import { type EventView, findEventView } from './event-views.repository.ts'
import { insertEvent } from './events.repository.ts'

export interface NewEvent {
  id: string
  /** Of the group that opens with the first accepted request. */
  threadId: string
  hostId: string
  plan: EventPlan
  now: Date
}

/** Hosts an event. Throws InvalidInput, StartsInThePast or TagNotFound. */
export async function createEvent(store: Store<SessionsDatabase>, input: NewEvent): Promise<EventView> {
  const { id, hostId, now, plan } = input
  const columns = toColumns(plan)
  const tagIds = plan.tag_ids ?? []
  return store.transaction(async (trx) => {
    const people = await lockStandings(trx, [hostId])
    if (people.get(hostId) !== 'active') throw new AccountDisabled()
    await checkPlan(trx, { startsAt: columns.starts_at, tagIds }, now)
    const row = {
      ...columns,
      id,
      thread_id: input.threadId,
      host_id: hostId,
      booked: 1,
      status: 'scheduled',
      version: 1,
      created_at: now,
      updated_at: now
    } as const
    await insertEvent(trx, row)
    await setTagsOf(trx, id, tagIds)
    await announceCreated(trx, row)
    const view = await findEventView(trx, id)
    if (!view) throw new EventNotFound()
    return view
  })
}
