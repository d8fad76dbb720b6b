import type { Chat } from '#src/context.ts'
import { openRequestThread } from '#src/threads/request-thread.ts'
import { findSessionThread } from '#src/threads/session-thread.ts'
import type { AppendOutcome, LogInput } from './append-messages.ts'
import type { Replayed } from './keyed-sends.ts'

/** A message that a person sends. `context`: what the thread's id names, when the thread may have to be opened first. */
export interface Send extends LogInput {
  context?: 'session' | 'request'
}

/**
 * Appends a message; resolves when it is on disk or refused. `repeated` means that its `client_msg_id` was sent before,
 * `replayed` that the same call was.
 */
export async function sendMessage(chat: Chat, { context, ...input }: Send): Promise<AppendOutcome | Replayed> {
  const outcome = await chat.log.append(input)
  if (context === undefined || 'replayed' in outcome || outcome.ok || outcome.reason !== 'thread_not_found') {
    return outcome
  }
  const open = context === 'session' ? findSessionThread : openRequestThread
  await open(chat, input.thread_id, input.sender_id)
  return chat.log.append(input)
}
