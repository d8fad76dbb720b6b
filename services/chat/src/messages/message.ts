import type { Message } from '@belay/contracts'

/** A message's row with the name of its sender. */
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

/** Returns the message as questions and live signals carry it. */
export function toMessage(record: MessageRecord): Message {
  return { ...record, created_at: record.created_at.toISOString() }
}
