import { type Kysely, sql } from 'kysely'
import type { MessageType } from '@belay/contracts'
import type { ChatDatabase, MessageRow, ThreadRow } from '#src/schema.ts'

/** A message by its thread and `seq`. */
export type SentRef = readonly [threadId: string, seq: number]

/** A message with what its event says besides. */
export interface SentRow
  extends
    Pick<MessageRow, 'id' | 'thread_id' | 'seq' | 'kind' | 'sender_id' | 'body' | 'created_at'>,
    Pick<ThreadRow, 'context' | 'context_id'> {
  /** Position among the references, from 1. */
  ord: number
  subject_user_id: string | null
  message_type: MessageType | null
  /** Up to 51 members of the thread as it is now. */
  member_ids: string[]
}

/** Returns those of some messages that exist. */
export async function listSent(db: Kysely<ChatDatabase>, refs: readonly SentRef[]): Promise<SentRow[]> {
  const { rows } = await sql<SentRow>`
    /* prepared */ select r.ord::int as ord, m.id, m.thread_id, m.seq, m.kind, m.sender_id, m.body, m.subject_user_id, m.created_at, m.message_type,
           t.context, t.context_id, array(select user_id from members where thread_id = t.id limit 51) as member_ids
    from unnest(${refs.map(([threadId]) => threadId)}::uuid[], ${refs.map(([, seq]) => seq)}::int[])
         with ordinality as r (thread_id, seq, ord)
    join messages m on m.thread_id = r.thread_id and m.seq = r.seq
    join threads t on t.id = m.thread_id`.execute(db)
  return rows
}
