import type { Store } from '@belay/events'
import { InvalidInput } from '@belay/kit'
import type { Transaction } from 'kysely'
import { TagNotFound } from '#src/errors.ts'
import type { SessionsDatabase } from '#src/schema.ts'
import { addTagsTo, countTagsOf, holdTags, removeTagFrom } from '#src/tags/tags.repository.ts'
import { announceUpdated } from './event-events.ts'
import { updateEvent } from './events.repository.ts'
import { lockOwnEvent } from './own-event.ts'

/** How many tags an event may have. */
const tagsMax = 20

interface TagChange {
  eventId: string
  callerId: string
  now: Date
}

/**
 * The host puts tags on an event beside those it has; what it has already is no change. Throws what `lockOwnEvent`
 * throws, TagNotFound, or InvalidInput when it would have too many.
 */
export async function addEventTags(
  store: Store<SessionsDatabase>,
  input: TagChange & { tagIds: readonly string[] }
): Promise<void> {
  const { eventId, tagIds } = input
  await store.transaction(async (trx) => {
    await lockOwnEvent(trx, { ...input, aim: 'change' })
    if ((await holdTags(trx, tagIds)) < tagIds.length) throw new TagNotFound()
    if ((await addTagsTo(trx, eventId, tagIds)) === 0) return
    if ((await countTagsOf(trx, eventId)) > tagsMax) throw new InvalidInput(`An event has at most ${tagsMax} tags`)
    await announceChange(trx, input)
  })
}

/** The host takes a tag off an event. Throws what `lockOwnEvent` throws, or TagNotFound when it has none such. */
export async function removeEventTag(
  store: Store<SessionsDatabase>,
  input: TagChange & { tagId: string }
): Promise<void> {
  await store.transaction(async (trx) => {
    await lockOwnEvent(trx, { ...input, aim: 'change' })
    if (!(await removeTagFrom(trx, input.eventId, input.tagId))) throw new TagNotFound()
    await announceChange(trx, input)
  })
}

async function announceChange(trx: Transaction<SessionsDatabase>, { eventId, now }: TagChange): Promise<void> {
  await announceUpdated(trx, await updateEvent(trx, eventId, { updated_at: now }))
}
