import { afterCommit } from '@belay/events'
import type { Chat } from '#src/context.ts'
import { readFooting } from '#src/conversations/footing.repository.ts'
import { allotPair, lockPair } from '#src/conversations/pairs.repository.ts'
import { findPending } from '#src/message-requests/requests.repository.ts'
import { acceptRequest } from '#src/message-requests/settle-requests.ts'

/**
 * Returns the id of the match that a like makes: because the other liked them before, or because it answers the other's
 * message request, which is accepted. Null when it makes none.
 */
export async function answerLike(
  { store, runtime, live }: Chat,
  like: { likerId: string; likedId: string; isMutual: boolean }
): Promise<string | null> {
  const { likerId, likedId, isMutual } = like
  return store.transaction(async (trx) => {
    await lockPair(trx, [likerId, likedId])
    const footing = await readFooting(trx, likerId, likedId)
    if (footing?.isOtherHere !== true || footing.isBlocked) return null
    const isAnswer = footing.pending?.senderId === likedId
    if (!isAnswer && !isMutual) return null
    const pair = await allotPair(trx, [likerId, likedId], { id: runtime.newId(), now: runtime.clock.now() })
    const theirs = isAnswer ? await findPending(trx, pair.id) : undefined
    if (theirs !== undefined) {
      const send = await acceptRequest(trx, runtime, pair, theirs)
      afterCommit(trx, () => send(live))
    }
    return pair.id
  })
}
