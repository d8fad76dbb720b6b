import type { DirectMessage } from '@belay/contracts'
import type { Kysely } from 'kysely'
import { toMessage } from '#src/messages/message.ts'
import type { ChatDatabase } from '#src/schema.ts'
import { type DirectRecord, type LogRange, readConversationLog } from './conversation-log.repository.ts'
import { type ReadingRefused, readingRefusal, refuseReading } from './reading-refusals.ts'

/** A range of a conversation, oldest message first. */
export interface ConversationRange {
  messages: DirectMessage[]
  /** Whether there are more in the direction of reading. */
  hasMore: boolean
}

/** Reads a range of a conversation for one of its two people. */
export async function readConversation(
  db: Kysely<ChatDatabase>,
  range: LogRange
): Promise<({ ok: true } & ConversationRange) | ReadingRefused> {
  const { conversation, isPlaceKnown, messages } = await readConversationLog(db, { ...range, limit: range.limit + 1 })
  const refusal = readingRefusal(conversation, range.viewerId)
  if (refusal !== undefined) return refusal
  if (!isPlaceKnown) return refuseReading('message_not_found')
  const page = range.after === undefined ? messages.slice(-range.limit) : messages.slice(0, range.limit)
  return { ok: true, messages: page.map(toDirectMessage), hasMore: messages.length > page.length }
}

function toDirectMessage({ request_status, read_at, ...record }: DirectRecord): DirectMessage {
  return { ...toMessage(record), request_status, read_at: read_at?.toISOString() ?? null }
}
