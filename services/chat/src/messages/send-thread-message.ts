import type { ThreadMessage } from '@belay/contracts'
import type { Chat } from '#src/chat.ts'
import { duplicateOf, NotAParticipant, ThreadIsLocked, ThreadNotFound } from '#src/errors.ts'
import { openRequestThread } from '#src/threads/request-thread.ts'
import type { AppendInput } from './append.repository.ts'
import { refusalError } from './refusal-error.ts'
import { toThreadMessage } from './thread-message.ts'

const door = {
  threadNotFound: ThreadNotFound,
  notAMember: NotAParticipant,
  locked: () => new ThreadIsLocked('Thread is locked')
}

/** Sends a message into a thread; resolves when it is on disk. A repeated `client_msg_id` is refused. */
export async function sendThreadMessage(chat: Chat, input: AppendInput): Promise<ThreadMessage> {
  const outcome = await chat.log.append(input)
  if (!outcome.ok) throw refusalError(outcome, chat.limit, door)
  const message = toThreadMessage(outcome.message)
  if (outcome.repeated) throw duplicateOf(message)
  return message
}

/** Sends a message into the thread that belongs to a request, which the host's first one opens. */
export async function sendRequestMessage(chat: Chat, input: AppendInput): Promise<ThreadMessage> {
  await openRequestThread(chat, input.thread_id, input.sender_id)
  return sendThreadMessage(chat, input)
}
