import type { MessageRequestItem } from '@belay/contracts'
import type { Static } from 'typebox'
import type { ListedRequest } from '#src/message-requests/request-list.repository.ts'

/** A message request as one of its two people sees it: with the other one. */
export function presentRequest(
  request: ListedRequest,
  direction: 'received' | 'sent'
): Static<typeof MessageRequestItem> {
  const { id, message_id, content, status, created_at } = request
  const person = {
    id: request.peer_id,
    name: request.peer_name,
    profile_photos: request.peer_photos,
    age: request.peer_age,
    is_online: request.is_online,
    last_active: request.last_active?.toISOString() ?? null
  }
  const peer = direction === 'sent' ? { receiver: person } : { sender: person }
  return { id, message_id, ...peer, preview_text: content, status, created_at: created_at.toISOString() }
}
