import { TagDeleted } from '@belay/contracts'
import { recordEvent, type Store } from '@belay/events'
import type { CurrentUser } from '@belay/kit'
import { OnlyCreatorOfTag, TagNotFound } from '#src/errors.ts'
import type { SessionsDatabase } from '#src/schema.ts'
import { deleteTagRow, lockTag } from './tags.repository.ts'

/** Deletes a tag, from every event too. For the person who made it and administrators. Throws TagNotFound or OnlyCreatorOfTag. */
export async function deleteTag(
  store: Store<SessionsDatabase>,
  input: { tagId: string; caller: CurrentUser }
): Promise<void> {
  const { tagId, caller } = input
  await store.transaction(async (trx) => {
    const tag = await lockTag(trx, tagId)
    if (!tag) throw new TagNotFound()
    if (tag.created_by !== caller.id && caller.role !== 'admin') throw new OnlyCreatorOfTag()
    await deleteTagRow(trx, tagId)
    await recordEvent(trx, TagDeleted, { subject: tagId, data: { tag_id: tagId } })
  })
}
