import type { Message, ThreadMessage } from '@belay/contracts'

/** A message as the Shua API shows it. */
export function presentMessage(message: Message): ThreadMessage {
  const { id, thread_id, sender_id, kind, body, created_at, seq, client_msg_id } = message
  return { id, thread_id, sender_id, kind, body, created_at, seq, client_msg_id }
}
