import type { Message, ThreadMessage } from '@belay/contracts'

/** A message in the words of the Shua front door. */
export function toThreadMessage(message: Message): ThreadMessage {
  const { id, thread_id, sender_id, kind, body, created_at, seq, client_msg_id } = message
  return { id, thread_id, sender_id, kind, body, created_at, seq, client_msg_id }
}
