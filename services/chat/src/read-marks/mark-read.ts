import { ThreadRead } from '@belay/contracts'
import { recordEvent, type Store } from '@belay/events'
import type { ChatDatabase } from '#src/schema.ts'
import { findReadMark, lockMember, type ReadMark, updateReadMark } from './read-marks.repository.ts'

/**
 * Marks a thread read up to `lastReadSeq` (all of it when absent or beyond the end), never backwards.
 * Resolves to where the member stands afterwards and whether anything moved; undefined for a non-member.
 */
export async function markRead(
  store: Store<ChatDatabase>,
  mark: { threadId: string; userId: string; lastReadSeq: number | undefined }
): Promise<(ReadMark & { moved: boolean }) | undefined> {
  return store.transaction(async (trx) => {
    if (!(await lockMember(trx, mark.threadId, mark.userId))) return undefined
    const moved = await updateReadMark(trx, mark)
    const now = await findReadMark(trx, mark.threadId, mark.userId)
    if (now === undefined) return undefined
    if (moved) {
      await recordEvent(trx, ThreadRead, {
        subject: mark.threadId,
        data: { thread_id: mark.threadId, user_id: mark.userId, last_read_seq: now.last_read_seq }
      })
    }
    return { ...now, moved }
  })
}
