import type { DirectFailure } from '#src/core/direct.ts'
import type { SendOutcome } from '#src/core/sending.ts'

/** What an event led to. */
export type Answer = Success | Failure

/** As the REST API answers. */
export interface Success {
  success: true
  data: object
  meta?: object
}

/** Why an event was rejected. */
export interface Failure {
  success?: never
  reason: DirectFailure['reason'] | 'unauthenticated' | 'queue_full' | 'internal'
  /** For the developer of the client. */
  detail: string
}

export const tooManyWaiting: Failure = {
  reason: 'queue_full',
  detail: 'Too many events are waiting; send it again later'
}

/** Returns why a message was not stored; undefined where the chat has to be asked about the conversation first. */
export function sendFailure(outcome: Exclude<SendOutcome, { status: 'stored' }>): Failure | undefined {
  if (outcome.status === 'unavailable') return { reason: 'unavailable', detail: outcome.detail }
  const { detail, reason } = outcome
  if (reason === 'rate_limited' || reason === 'account_disabled' || reason === 'queue_full') return { reason, detail }
  return undefined
}

/** A stored message, as `POST /api/v1/messages/send` answers it. */
export function sentAnswer(message: { id: string; thread_id: string; created_at: string; seq: number }): Success {
  const { id, thread_id, created_at, seq } = message
  const words = 'Message sent successfully'
  return { success: true, data: { message_id: id, conversation_id: thread_id, message: words, created_at, seq } }
}
