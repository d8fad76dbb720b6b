import { AppendMessages } from '@belay/contracts'
import { answerer, isUnavailable } from '@belay/kit'
import type { Chat } from '#src/context.ts'
import type { AppendOutcome } from '#src/messages/append-messages.ts'
import type { AppendInput } from '#src/messages/append.repository.ts'

/** Each message has its own fate: neighbours that were stored are not told otherwise because one was not. */
export const appendMessages = ({ log }: Chat) =>
  answerer(AppendMessages, async ({ messages }) => ({
    outcomes: await Promise.all(messages.map((message) => append(log, { ...message, from_socket: true })))
  }))

async function append(log: Chat['log'], message: AppendInput): Promise<AppendOutcome> {
  try {
    return await log.append(message)
  } catch (error) {
    if (!isUnavailable(error)) throw error
    return { ok: false, reason: 'unavailable', detail: 'Service temporarily unavailable' }
  }
}
