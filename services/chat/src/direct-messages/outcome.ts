import type { LogStamp, Message } from '@belay/contracts'
import { type DirectRefused, refuseDirect } from '#src/conversations/refusals.ts'
import { ChatBusy } from '#src/errors.ts'
import type { AppendOutcome } from '#src/messages/append-messages.ts'

/** A message that is stored, or why it was refused. `repeated`: its `client_msg_id` was stored before. */
export type DirectOutcome = { ok: true; repeated: boolean; message: Message; stamp: LogStamp } | DirectRefused

/**
 * Returns the outcome of appending to the thread of two people.
 * @throws ChatBusy when too many messages are waiting
 */
export function toDirectOutcome(outcome: AppendOutcome): DirectOutcome {
  if (outcome.ok) return outcome
  switch (outcome.reason) {
    case 'rate_limited':
      return { ...outcome, reason: 'rate_limited' }
    case 'account_disabled':
      return refuseDirect('account_disabled')
    // A block took the conversation from both since it was looked at.
    case 'not_a_member':
      return refuseDirect('user_blocked')
    case 'thread_locked':
    case 'thread_not_found':
    case 'host_only':
      return refuseDirect('archived')
    case 'unavailable':
      throw new ChatBusy()
  }
}
