import type { Message } from '@belay/contracts'
import type { Chat } from '#src/context.ts'
import { duplicateOf, NotAParticipant, ThreadIsLocked, ThreadNotFound } from '#src/errors.ts'
import { openRequestThread } from '#src/threads/request-thread.ts'
import type { LogInput } from './append-messages.ts'
import type { Replayed } from './keyed-sends.ts'
import { refusalError } from './refusal-error.ts'
import { toThreadMessage } from './thread-message.ts'

const door = {
  threadNotFound: ThreadNotFound,
  notAMember: NotAParticipant,
  locked: () => new ThreadIsLocked('Thread is locked')
}

/** Sends a message into a thread; resolves when it is on disk. A repeated `client_msg_id` is refused. */
export async function sendThreadMessage(chat: Chat, input: LogInput): Promise<{ message: Message } | Replayed> {
  const outcome = await chat.log.append(input)
  if ('replayed' in outcome) return outcome
  if (!outcome.ok) throw refusalError(outcome, chat.limit, door)
  if (outcome.repeated) throw duplicateOf(toThreadMessage(outcome.message))
  return outcome
}

/** Sends a message into the thread that belongs to a request, which the host's first one opens. */
export async function sendRequestMessage(chat: Chat, input: LogInput): Promise<{ message: Message } | Replayed> {
  await openRequestThread(chat, input.thread_id, input.sender_id)
  return sendThreadMessage(chat, input)
}
