import { type Limit, RateLimited } from '@belay/kit'
import type { Chat } from '#src/chat.ts'
import { AccountDisabled, ChatBusy, SessionNotFound, ThreadIsLocked } from '#src/errors.ts'
import { findSessionThread } from '#src/threads/session-thread.ts'
import type { AppendOutcome } from './append-messages.ts'
import type { AppendInput } from './append.repository.ts'

type Sent = Extract<AppendOutcome, { ok: true }>
type Refused = Extract<AppendOutcome, { ok: false }>

/**
 * Sends a message into a session's chat. Resolves when it is on disk; `repeated` tells that the same
 * `client_msg_id` was sent before.
 */
export async function sendSessionMessage(chat: Chat, input: AppendInput): Promise<Sent> {
  let outcome = await chat.log.append(input)
  if (!outcome.ok && outcome.reason === 'thread_not_found') {
    const thread = await findSessionThread(chat, input.thread_id, input.sender_id)
    if (thread?.is_member) outcome = await chat.log.append(input)
  }
  if (!outcome.ok) throw errorOf(outcome, chat.limit)
  return outcome
}

function errorOf(refused: Refused, limit: Limit | null): Error {
  switch (refused.reason) {
    case 'thread_not_found':
    case 'not_a_member':
      return new SessionNotFound()
    case 'thread_locked':
      return new ThreadIsLocked(refused.detail)
    case 'rate_limited':
      return new RateLimited(refused.detail, refused.retry_after_seconds ?? 1, limit ?? undefined)
    case 'account_disabled':
      return new AccountDisabled()
    case 'unavailable':
      return new ChatBusy()
  }
}
