import type { Message, MessageType } from '@belay/contracts'
import type { ThreadRow } from '#src/schema.ts'

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
  /** Of direct threads; null in all others. */
  message_type: MessageType | null
  receiver_id: string | null
}

/** Returns the message as questions and live signals carry it. */
export function toMessage({ message_type, receiver_id, ...record }: MessageRecord): Message {
  return {
    ...record,
    created_at: record.created_at.toISOString(),
    ...(message_type !== null && { message_type }),
    ...(receiver_id !== null && { receiver_id })
  }
}

/** Returns what a message has in direct threads alone. */
export function directPartsOf(
  context: ThreadRow['context'],
  { sender_id, message_type = 'text' }: { sender_id: string | null; message_type?: MessageType | undefined },
  memberIds: readonly string[]
): Pick<MessageRecord, 'message_type' | 'receiver_id'> {
  if (context !== 'direct') return { message_type: null, receiver_id: null }
  return { message_type, receiver_id: sender_id === null ? null : otherThan(sender_id, memberIds) }
}

/** Returns the other person of a direct thread. */
export function otherThan(userId: string, memberIds: readonly string[]): string | null {
  return memberIds.find((id) => id !== userId) ?? null
}
