import type { UnseenMessageRow } from '#src/schema.ts'

/** Messages of one thread that one person did not see, or may not have seen, arrive: the latest and how many they are. */
export interface MissedMessages {
  recipientId: string
  senderId: string
  threadId: string
  context: UnseenMessageRow['context']
  contextId: string
  messageId: string
  seq: number
  excerpt: string
  eventId: string
  count: number
}

/** Messages whose latest one is this. */
export function missedMessages(
  latest: Pick<UnseenMessageRow, 'thread_id' | 'context' | 'context_id' | 'message_id' | 'sender_id' | 'seq'>,
  recipientId: string,
  rest: Pick<MissedMessages, 'eventId' | 'excerpt' | 'count'>
): MissedMessages {
  return {
    recipientId,
    senderId: latest.sender_id,
    threadId: latest.thread_id,
    context: latest.context,
    contextId: latest.context_id,
    messageId: latest.message_id,
    seq: latest.seq,
    ...rest
  }
}
