import type { Participant } from '@belay/contracts'
import type { Static } from 'typebox'
import type { Chat } from '#src/context.ts'
import { listParticipants } from './inbox.repository.ts'
import { requireThread } from './require-thread.ts'

/** An event has no more, the host included. */
const mostParticipants = 1000

/** The people of a thread, the host first, for one of them. */
export async function showParticipants(
  chat: Chat,
  threadId: string,
  userId: string
): Promise<Static<typeof Participant>[]> {
  const { id } = await requireThread(chat, threadId, userId)
  return listParticipants(chat.store.db, [id], { readerId: userId, limit: mostParticipants })
}
