import type { Store } from '@belay/events'
import { AccountDisabled } from '@belay/kit'
import { lockAccountStatuses } from '@belay/people-projection'
import { GatheringNotFound } from '#src/errors.ts'
import type { SessionsDatabase } from '#src/schema.ts'
import { setTagsOf } from '#src/tags/tags.repository.ts'
import { announceCreated } from './gathering-events.ts'
import { checkFields, type GatheringFields } from './gathering-fields.ts'
import { type GatheringView, findGatheringView } from './gathering-views.repository.ts'
import { insertGathering } from './gatherings.repository.ts'

export interface NewGathering {
  id: string
  /** Of the group, which opens with the first accepted request. */
  threadId: string
  hostId: string
  fields: GatheringFields
  tagIds: readonly string[]
  now: Date
}

/** Creates a gathering. Throws AccountDisabled, StartsInThePast or TagNotFound. */
export async function createGathering(store: Store<SessionsDatabase>, input: NewGathering): Promise<GatheringView> {
  const { id, hostId, fields, tagIds, now } = input
  return store.transaction(async (trx) => {
    const statuses = await lockAccountStatuses(trx, [hostId])
    if (statuses.get(hostId) !== 'active') throw new AccountDisabled()
    await checkFields(trx, { startsAt: fields.starts_at, tagIds }, now)
    const row = {
      ...fields,
      id,
      thread_id: input.threadId,
      host_id: hostId,
      booked: 1,
      status: 'scheduled',
      version: 1,
      created_at: now,
      updated_at: now
    } as const
    await insertGathering(trx, row)
    await setTagsOf(trx, id, tagIds)
    await announceCreated(trx, row)
    const view = await findGatheringView(trx, id)
    if (!view) throw new GatheringNotFound()
    return view
  })
}
