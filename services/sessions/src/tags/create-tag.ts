import type { CreateTagBody } from '@belay/contracts'
import type { Store } from '@belay/events'
import type { Static } from 'typebox'
import { TagExists } from '#src/errors.ts'
import type { SessionsDatabase, TagRow } from '#src/schema.ts'
import { insertTag } from './tags.repository.ts'

/** Makes a tag for everybody to use. Throws TagExists when there is one of that name, in whatever case. */
export async function createTag(
  store: Store<SessionsDatabase>,
  input: Static<typeof CreateTagBody> & { id: string; creatorId: string; now: Date }
): Promise<TagRow> {
  const row: TagRow = {
    id: input.id,
    name: input.name,
    color: input.color ?? null,
    description: input.description ?? null,
    created_by: input.creatorId,
    created_at: input.now
  }
  await store.transaction(async (trx) => {
    if (!(await insertTag(trx, row))) throw new TagExists()
  })
  return row
}
