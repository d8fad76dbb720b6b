import { positionsOf } from '@belay/kit'
import type { Kysely } from 'kysely'
import type { ChatDatabase } from '#src/schema.ts'
import { type ConversationListRow, listConversationsOf } from './conversation-list.repository.ts'

const positions = positionsOf('conversations', 'time')

/** A page of a person's conversations, the most recently active first. */
export interface ConversationPage {
  conversations: ConversationListRow[]
  /** Where the next page begins; null on the last one. */
  cursor: string | null
}

/** Lists a person's conversations. Throws InvalidInput for a cursor that is not of this list. */
export async function listConversations(
  db: Kysely<ChatDatabase>,
  userId: string,
  { type: status, limit, cursor }: { type: 'active' | 'archived'; limit: number; cursor?: string }
): Promise<ConversationPage> {
  const after = positions.decode(cursor)
  const rows = await listConversationsOf(db, { userId, status, after, limit: limit + 1 })
  const conversations = rows.slice(0, limit)
  const last = conversations.at(-1)
  if (last === undefined || rows.length <= limit) return { conversations, cursor: null }
  return { conversations, cursor: positions.encode({ key: last.last_activity.toISOString(), id: last.id }) }
}
