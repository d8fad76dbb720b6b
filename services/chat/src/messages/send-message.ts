import type { Chat } from '#src/context.ts'
import { openRequestThread } from '#src/contexts/open-request-thread.ts'
import type { AppendOutcome, LogInput } from './append-messages.ts'
import type { Replayed } from './keyed-sends.ts'

/** A message that a person sends; `opens: 'request'` if the thread's id is that of a request, whose thread may not be there. */
export interface Send extends LogInput {
  opens?: 'request'
}

/**
 * Appends a message; resolves when it is on disk or refused. `repeated` means that its `client_msg_id` was sent before,
 * `replayed` that the same call was.
 */
export async function sendMessage(chat: Chat, { opens, ...input }: Send): Promise<AppendOutcome | Replayed> {
  const outcome = await chat.log.append(input)
  if (opens === undefined || 'replayed' in outcome || outcome.ok || outcome.reason !== 'thread_not_found') {
    return outcome
  }
  await openRequestThread(chat, input.thread_id, input.sender_id)
  return chat.log.append(input)
}
