import type { ConversationMessage, directServerEvents } from '@belay/contracts'
import type { Static } from 'typebox'
import type { CloseReason, Codec } from '#src/core/codec.ts'
import { encodeEvent, type EventFrame } from '#src/transports/socket-io/event-frame.ts'
import type { Failure } from './answers.ts'

const codes: Readonly<Record<Failure['reason'], string>> = {
  conversation_not_found: 'CONVERSATION_NOT_FOUND',
  message_not_found: 'MESSAGE_NOT_FOUND',
  user_not_found: 'USER_NOT_FOUND',
  user_blocked: 'USER_BLOCKED',
  unauthorized_action: 'UNAUTHORIZED_ACTION',
  content_too_long: 'CONTENT_TOO_LONG',
  invalid_message_type: 'INVALID_MESSAGE_TYPE',
  invalid_input: 'VALIDATION_ERROR',
  rate_limited: 'RATE_LIMIT_EXCEEDED',
  account_disabled: 'ACCOUNT_DISABLED',
  unauthenticated: 'UNAUTHENTICATED',
  queue_full: 'TOO_MANY_PENDING_MESSAGES',
  unavailable: 'SERVICE_UNAVAILABLE',
  internal: 'INTERNAL_ERROR'
}

/** Returns the code and the message of a failure, as in the envelope of the REST API. */
export function errorOf({ reason, detail }: Failure): { code: string; message: string } {
  return { code: codes[reason], message: detail }
}

type ServerEvents = typeof directServerEvents

/** Encodes an event of the server, typed by its schema. */
export function encode<Name extends keyof ServerEvents>(name: Name, data: Static<ServerEvents[Name]>): EventFrame {
  return encodeEvent(name, data)
}

/** Encodes a message that a client missed. */
export function missedMessage(message: Static<typeof ConversationMessage>): EventFrame {
  const { id: message_id, conversation_id, sender_id, receiver_id, content, message_type, ...rest } = message
  const { created_at, seq, client_msg_id } = rest
  const people = { conversation_id, sender_id, receiver_id }
  return encode('new_message', { message_id, ...people, content, message_type, created_at, seq, client_msg_id })
}

/** The events of Socket.IO clients (VibesMatch API). A conversation has the id of its thread. */
export const codec: Codec<EventFrame> = {
  message: (message) =>
    encode('new_message', {
      message_id: message.id,
      conversation_id: message.thread_id,
      sender_id: message.sender_id,
      receiver_id: message.receiver_id ?? null,
      content: message.body,
      message_type: message.message_type ?? 'text',
      created_at: message.created_at,
      seq: message.seq,
      client_msg_id: message.client_msg_id
    }),
  typing: ({ user_id, is_typing }, conversation_id) => encode('user_typing', { conversation_id, user_id, is_typing }),
  stateChanged: () => undefined,
  read: ({ user_id: read_by, receipt }, conversation_id) =>
    receipt &&
    encode('message_read', { message_id: receipt.message_id, conversation_id, read_by, read_at: receipt.read_at }),
  notification: (notification) => encode('notification', notification),
  presence: ({ user_id, online, last_active }) =>
    online ? encode('user_online', { user_id }) : encode('user_offline', { user_id, last_active }),
  reset: (reset) => encode('reset', { conversation_id: reset.thread_id, ...reset })
}

/** What a client is sent before it is disconnected for good; the other reasons let it reconnect by itself. */
export const farewells: Partial<Readonly<Record<CloseReason, EventFrame>>> = {
  no_token: encode('unauthorized', { code: 'UNAUTHENTICATED', message: 'Sign in with auth.token or authenticate' }),
  bad_token: encode('unauthorized', { code: 'UNAUTHENTICATED', message: 'Invalid or expired token' }),
  token_expired: encode('unauthorized', { code: 'UNAUTHENTICATED', message: 'Token expired' }),
  logged_out: encode('unauthorized', { code: 'UNAUTHENTICATED', message: 'Logged out' }),
  user_not_found: encode('unauthorized', { code: 'USER_NOT_FOUND', message: 'User not found' }),
  account_deleted: encode('unauthorized', { code: 'USER_NOT_FOUND', message: 'Account deleted' }),
  account_disabled: encode('unauthorized', { code: 'ACCOUNT_DISABLED', message: 'Account disabled' }),
  too_many_connections: encode('unauthorized', { code: 'TOO_MANY_CONNECTIONS', message: 'Too many connections' })
}
