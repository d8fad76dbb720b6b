import type { Chat } from '#src/context.ts'
import { SessionNotFound, ThreadIsLocked } from '#src/errors.ts'
import { findSessionThread } from '#src/threads/session-thread.ts'
import type { AppendOutcome, LogInput } from './append-messages.ts'
import type { Replayed } from './keyed-sends.ts'
import { refusalError } from './refusal-error.ts'

const door = {
  threadNotFound: SessionNotFound,
  notAMember: SessionNotFound,
  locked: (detail: string) => new ThreadIsLocked(detail)
}

/**
 * Sends a message into a session's chat. Resolves when it is on disk; `repeated` tells that the same
 * `client_msg_id` was sent before, `replayed` that the same call was.
 */
export async function sendSessionMessage(
  chat: Chat,
  input: LogInput
): Promise<Extract<AppendOutcome, { ok: true }> | Replayed> {
  let outcome = await chat.log.append(input)
  if (!('replayed' in outcome) && !outcome.ok && outcome.reason === 'thread_not_found') {
    const thread = await findSessionThread(chat, input.thread_id, input.sender_id)
    if (thread?.is_member) outcome = await chat.log.append(input)
  }
  if ('replayed' in outcome) return outcome
  if (!outcome.ok) throw refusalError(outcome, chat.limit, door)
  return outcome
}
