import type { Message } from '../../chat.ts'
import type { SessionMessage } from './http.ts'

/** Returns a message in the format of the Send Buddy API. */
export function presentSessionMessage(message: Message): SessionMessage {
  return {
    id: message.id,
    session: message.thread_id,
    sender: { id: message.sender_id, display_name: message.sender_name ?? 'Deleted user' },
    body: message.body,
    created_at: message.created_at,
    seq: message.seq,
    client_msg_id: message.client_msg_id
  }
}
