import type { Codec, Refusal } from '#src/core/codec.ts'
import { encodeFrame } from '#src/transports/websocket/socket-door.ts'

const refusalCodes: Readonly<Record<Refusal['reason'], string>> = {
  invalid: 'VALIDATION_ERROR',
  thread_not_found: 'THREAD_NOT_FOUND',
  not_a_member: 'NOT_A_PARTICIPANT',
  thread_locked: 'THREAD_LOCKED',
  sending_restricted: 'HOST_ONLY',
  rate_limited: 'RATE_LIMIT_EXCEEDED',
  account_disabled: 'ACCOUNT_DISABLED',
  queue_full: 'TOO_MANY_PENDING_MESSAGES',
  too_many_subscriptions: 'TOO_MANY_THREADS',
  unavailable: 'SERVICE_UNAVAILABLE'
}

/** The frames of `/ws/{user_id}` (Shua API). It shows messages and notifications, no typing and no read marks. */
export const codec: Codec<Buffer> = {
  message: ({ id, thread_id, sender_id, kind, body, created_at, seq, client_msg_id }) =>
    encodeFrame({
      type: 'new_message',
      thread_id,
      message: { id, thread_id, sender_id, kind, body, created_at, seq, client_msg_id }
    }),
  typing: () => undefined,
  stateChanged: () => undefined,
  read: () => undefined,
  notification: (notification) => encodeFrame({ type: 'notification', notification }),
  presence: () => undefined,
  reset: (reset) => encodeFrame({ type: 'reset', ...reset })
}

/** Returns the frame for something that a client sent and that is rejected. */
export const refusalFrame = ({ reason, detail, threadId }: Refusal): Buffer =>
  // What is undefined is left out.
  encodeFrame({ type: 'error', code: refusalCodes[reason], detail, thread_id: threadId })

/** Returns the answer to `join_thread`. */
export const joinedFrame = (threadId: string, { lastSeq, epoch }: { lastSeq: number; epoch: string }): Buffer =>
  encodeFrame({ type: 'joined_thread', thread_id: threadId, last_seq: lastSeq, epoch })

/** Returns the answer to `leave_thread`. */
export const leftFrame = (threadId: string): Buffer => encodeFrame({ type: 'left_thread', thread_id: threadId })
