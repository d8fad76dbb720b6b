import type { ListTagsQuery } from '@belay/contracts'
import { positionsOf } from '@belay/kit'
import type { Kysely } from 'kysely'
import type { Static } from 'typebox'
import type { SessionsDatabase, TagRow } from '#src/schema.ts'
import { listTags as listTagRows } from './tags.repository.ts'

const positions = positionsOf('tags', 'text')

/** One page of tags by name, and where the next one begins unless this one is not full. Throws InvalidInput. */
export async function listTags(
  db: Kysely<SessionsDatabase>,
  { limit, cursor }: Static<typeof ListTagsQuery>
): Promise<{ tags: TagRow[]; next: string | undefined }> {
  const tags = await listTagRows(db, { limit, after: positions.decode(cursor)?.key ?? undefined })
  const last = tags.at(-1)
  const isFull = last !== undefined && tags.length === limit
  return { tags, next: isFull ? positions.encode({ key: last.name, id: last.id }) : undefined }
}
