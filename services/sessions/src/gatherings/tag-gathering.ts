import type { Store } from '@belay/events'
import { InvalidInput } from '@belay/kit'
import type { Transaction } from 'kysely'
import { TagNotFound } from '#src/errors.ts'
import type { SessionsDatabase } from '#src/schema.ts'
import { addTagsTo, countTagsOf, holdTags, removeTagFrom } from '#src/tags/tags.repository.ts'
import { announceUpdated } from './gathering-events.ts'
import { updateGathering } from './gatherings.repository.ts'
import { lockOwnGathering } from './own-gathering.ts'

/** How many tags a gathering may have. */
const tagsMax = 20

interface TagChange {
  gatheringId: string
  callerId: string
  now: Date
}

/**
 * The host puts tags on a gathering beside those it has; what it has already is no change. Throws what `lockOwnGathering`
 * throws, TagNotFound, or InvalidInput when it would have too many.
 */
export async function addGatheringTags(
  store: Store<SessionsDatabase>,
  input: TagChange & { tagIds: readonly string[] }
): Promise<void> {
  const { gatheringId, tagIds } = input
  await store.transaction(async (trx) => {
    await lockOwnGathering(trx, { ...input, aim: 'change' })
    if ((await holdTags(trx, tagIds)) < tagIds.length) throw new TagNotFound()
    if ((await addTagsTo(trx, gatheringId, tagIds)) === 0) return
    if ((await countTagsOf(trx, gatheringId)) > tagsMax) throw new InvalidInput(`An event has at most ${tagsMax} tags`)
    await announceChange(trx, input)
  })
}

/** The host takes a tag off a gathering. Throws what `lockOwnGathering` throws, or TagNotFound when it has none such. */
export async function removeGatheringTag(
  store: Store<SessionsDatabase>,
  input: TagChange & { tagId: string }
): Promise<void> {
  await store.transaction(async (trx) => {
    await lockOwnGathering(trx, { ...input, aim: 'change' })
    if (!(await removeTagFrom(trx, input.gatheringId, input.tagId))) throw new TagNotFound()
    await announceChange(trx, input)
  })
}

async function announceChange(trx: Transaction<SessionsDatabase>, { gatheringId, now }: TagChange): Promise<void> {
  await announceUpdated(trx, await updateGathering(trx, gatheringId, { updated_at: now }))
}
