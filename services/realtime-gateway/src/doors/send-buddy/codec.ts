import type { Codec, Refusal } from '#src/core/codec.ts'
import { encodeFrame } from '#src/transports/websocket/socket-door.ts'

const refusalCodes: Readonly<Record<Refusal['reason'], string>> = {
  invalid: 'VALIDATION_ERROR',
  thread_not_found: 'SESSION_NOT_FOUND',
  not_a_member: 'NOT_A_PARTICIPANT',
  thread_locked: 'SESSION_CLOSED',
  sending_restricted: 'HOST_ONLY',
  rate_limited: 'RATE_LIMIT_EXCEEDED',
  account_disabled: 'ACCOUNT_DISABLED',
  queue_full: 'TOO_MANY_PENDING_MESSAGES',
  too_many_subscriptions: 'TOO_MANY_THREADS',
  unavailable: 'SERVICE_UNAVAILABLE'
}

/** The frames of `/ws/sessions/{id}/` (Send Buddy API). A session's thread has the session's id. */
export const codec: Codec<Buffer> = {
  message: ({ id, body, sender_id, sender_name, created_at, seq, client_msg_id }) =>
    encodeFrame({
      type: 'message',
      message_id: id,
      content: body,
      sender_id,
      sender_name,
      created_at,
      seq,
      client_msg_id
    }),
  typing: ({ user_id, user_name, is_typing }) =>
    encodeFrame({ type: 'typing', sender_id: user_id, sender_name: user_name, is_typing }),
  stateChanged: ({ session_id, status, updated_at }) =>
    encodeFrame({ type: 'session', session_id, status, updated_at }),
  read: ({ user_id, last_read_seq }) => encodeFrame({ type: 'read', user_id, last_read_seq }),
  notification: (notification) => encodeFrame({ type: 'notification', notification }),
  presence: () => undefined,
  reset: (reset) => encodeFrame({ type: 'reset', ...reset })
}

/** Returns the frame for something that a client sent and that is rejected. */
export const refusalFrame = ({ reason, detail, clientMsgId, retryAfterSeconds }: Refusal): Buffer =>
  encodeFrame({
    type: 'error',
    code: refusalCodes[reason],
    detail,
    // What is undefined is left out.
    client_msg_id: clientMsgId ?? undefined,
    retry_after_seconds: retryAfterSeconds
  })
