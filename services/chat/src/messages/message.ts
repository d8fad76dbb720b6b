import type { Message } from '@belay/contracts'

/** A message's row with the name of its sender, as every read and write returns it. */
export interface MessageRecord {
  id: string
  thread_id: string
  seq: number
  kind: 'user' | 'system'
  sender_id: string | null
  sender_name: string | null
  body: string
  client_msg_id: string | null
  created_at: Date
}

/** The message as it goes to questions and live signals. */
export function toMessage(record: MessageRecord): Message {
  return { ...record, created_at: record.created_at.toISOString() }
}
