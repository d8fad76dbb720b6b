import type { Codec, Refusal } from '#src/core/codec.ts'

/** The Send Buddy API's words for what was not taken. */
const refusalCodes: Readonly<Record<Refusal['reason'], string>> = {
  invalid: 'VALIDATION_ERROR',
  thread_not_found: 'SESSION_NOT_FOUND',
  not_a_member: 'NOT_A_PARTICIPANT',
  thread_locked: 'SESSION_CLOSED',
  host_only: 'HOST_ONLY',
  rate_limited: 'RATE_LIMIT_EXCEEDED',
  account_disabled: 'ACCOUNT_DISABLED',
  queue_full: 'TOO_MANY_PENDING_MESSAGES',
  too_many_threads: 'TOO_MANY_THREADS',
  unavailable: 'SERVICE_UNAVAILABLE'
}

/** The frames of `/ws/sessions/{id}/` (Send Buddy API). A session's thread has the session's id. */
export const codec: Codec = {
  message: ({ id, body, sender_id, sender_name, created_at, seq, client_msg_id }) =>
    JSON.stringify({
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
    JSON.stringify({ type: 'typing', sender_id: user_id, sender_name: user_name, is_typing }),
  session: ({ session_id, status, updated_at }) => JSON.stringify({ type: 'session', session_id, status, updated_at }),
  read: ({ user_id, last_read_seq }) => JSON.stringify({ type: 'read', user_id, last_read_seq }),
  notification: (notification) => JSON.stringify({ type: 'notification', notification }),
  reset: (reset) => JSON.stringify({ type: 'reset', ...reset }),
  refusal: ({ reason, detail, clientMsgId, retryAfterSeconds }) =>
    JSON.stringify({
      type: 'error',
      code: refusalCodes[reason],
      detail,
      // What is undefined is left out.
      client_msg_id: clientMsgId ?? undefined,
      retry_after_seconds: retryAfterSeconds
    })
}
