import type { ThreadMessage } from '@belay/contracts'
import type { Chat } from '#src/context.ts'
import { requireThread } from '#src/threads/require-thread.ts'
import { toMessage } from './message.ts'
import { listMessages } from './messages.repository.ts'
import { toThreadMessage } from './thread-message.ts'

/** A page of a thread, oldest first, `offset` messages back from the newest. `seq` has no gaps, so it is arithmetic. */
export async function listThreadMessages(
  chat: Chat,
  request: { threadId: string; readerId: string; limit: number; offset: number }
): Promise<ThreadMessage[]> {
  const thread = await requireThread(chat, request.threadId, request.readerId)
  const before = thread.last_seq - request.offset + 1
  if (before <= 1) return []
  const { readerId, limit } = request
  const messages = await listMessages(chat.store.db, thread.id, { before, limit, readerId })
  return messages.map((message) => toThreadMessage(toMessage(message)))
}
