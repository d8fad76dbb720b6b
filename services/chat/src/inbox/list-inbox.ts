import { positionsOf } from '@belay/kit'
import type { Kysely } from 'kysely'
import type { ChatDatabase } from '#src/schema.ts'
import { type InboxRow, listParticipants, listThreadsOf, type ParticipantRow } from './inbox.repository.ts'

/** A thread with more has a list of its own. */
const participantsPerThread = 50

const positions = positionsOf('threads', 'time')

export interface Inbox {
  threads: InboxRow[]
  participants: ParticipantRow[]
  /** Where the next page begins; undefined when this one is not full. */
  next: string | undefined
}

/** A page of a person's inbox: two queries for any size. Throws InvalidInput. */
export async function listInbox(
  db: Kysely<ChatDatabase>,
  userId: string,
  { limit, offset, cursor }: { limit: number; offset: number; cursor?: string }
): Promise<Inbox> {
  const after = positions.decode(cursor)
  const threads = await listThreadsOf(db, userId, { limit, offset: after === undefined ? offset : 0, after })
  const last = threads.at(-1)
  if (last === undefined) return { threads, participants: [], next: undefined }
  const ids = threads.map((thread) => thread.id)
  const participants = await listParticipants(db, ids, { readerId: userId, limit: participantsPerThread })
  const position = { key: last.last_message_at?.toISOString() ?? null, id: last.id }
  return { threads, participants, next: threads.length === limit ? positions.encode(position) : undefined }
}
