import type { ConversationSummary } from '@belay/contracts'
import type { Static } from 'typebox'
import type { ConversationListRow } from '#src/conversations/conversation-list.repository.ts'

type Shown = Static<typeof ConversationSummary>

/** A conversation in the list of one of its two people. */
export function presentConversation(row: ConversationListRow): Shown {
  const { id, status, epoch, unread_count } = row
  return {
    id,
    user: {
      id: row.peer_id,
      name: row.peer_name,
      profile_photos: row.peer_photos,
      is_online: row.is_online,
      last_active: row.last_active?.toISOString() ?? null
    },
    last_message: lastMessageOf(row),
    unread_count,
    last_activity: row.last_activity.toISOString(),
    status,
    epoch
  }
}

function lastMessageOf(row: ConversationListRow): Shown['last_message'] {
  if (row.last_id === null) return null
  return {
    id: row.last_id,
    content: row.last_body,
    sender_id: row.last_sender_id,
    message_type: row.last_type ?? 'text',
    created_at: row.last_created_at.toISOString(),
    is_read: row.last_read_at !== null,
    seq: row.last_seq
  }
}
