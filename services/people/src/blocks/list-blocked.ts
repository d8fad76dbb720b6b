import type { BlockedUser } from '@belay/contracts'
import type { Static } from 'typebox'
import { positionsOf } from '@belay/kit'
import { listBlockedUsers } from '#src/blocks/blocks.repository.ts'
import type { People } from '#src/people.ts'

const positions = positionsOf('blocked', 'text')

export interface BlockedPage {
  users: Static<typeof BlockedUser>[]
  /** Where the next page goes on; null on the last one. */
  cursor: string | null
}

/** Whom somebody has blocked, latest first. Throws InvalidInput. */
export async function listBlocked(
  people: People,
  input: { blockerId: string; cursor?: string | undefined; limit: number }
): Promise<BlockedPage> {
  const rows = await listBlockedUsers(people.store.db, input.blockerId, {
    before: positions.decode(input.cursor)?.id,
    limit: input.limit + 1
  })
  const page = rows.slice(0, input.limit)
  const last = page.at(-1)
  return {
    users: page.map((row) => ({ id: row.id, name: row.display_name, profile_photos: row.profile_photos })),
    cursor: rows.length > page.length && last ? positions.encode({ key: null, id: last.block_id }) : null
  }
}
