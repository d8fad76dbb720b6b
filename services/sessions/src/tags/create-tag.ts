import type { Store } from '@belay/events'
import { TagExists } from '#src/errors.ts'
import type { SessionsDatabase, TagRow } from '#src/schema.ts'
import { insertTag } from './tags.repository.ts'

/** Creates a tag that every host can use. Throws TagExists when there is one of that name, in any spelling. */
export async function createTag(
  store: Store<SessionsDatabase>,
  input: Pick<TagRow, 'id' | 'name' | 'color' | 'description'> & { creatorId: string; now: Date }
): Promise<TagRow> {
  const row: TagRow = {
    id: input.id,
    name: input.name,
    color: input.color,
    description: input.description,
    created_by: input.creatorId,
    created_at: input.now
  }
  await store.transaction(async (trx) => {
    if (!(await insertTag(trx, row))) throw new TagExists()
  })
  return row
}
