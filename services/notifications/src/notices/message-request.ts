import type { EventEnvelope, EventOf, MessageRequestSent } from '@belay/contracts'
import type { Asked } from '#src/reading/resolutions.repository.ts'
import type { Notice } from './notice.ts'

type MessageRequestEvent = EventEnvelope<EventOf<typeof MessageRequestSent>['data']>

/** Without the text of the request. */
export function sent({ id, data }: MessageRequestEvent): Notice[] {
  const { request_id, sender_id, receiver_id } = data
  return [
    {
      type: 'message_request_received',
      to: receiver_id,
      about: sender_id,
      words: {},
      url: `/message-requests/${request_id}`,
      data: { request_id },
      causeEventId: id,
      asks: [request_id]
    }
  ]
}

/** Opens the conversation. */
export function accepted({ id, data }: MessageRequestEvent): Notice[] {
  const { request_id, conversation_id, sender_id, receiver_id } = data
  return [
    {
      type: 'message_request_accepted',
      to: sender_id,
      about: receiver_id,
      words: {},
      url: `/conversations/${conversation_id}`,
      data: { request_id, conversation_id },
      causeEventId: id
    }
  ]
}

/** What the receiver was asked by the request. */
export function questionOf({ data }: MessageRequestEvent): Asked {
  return { userId: data.receiver_id, type: 'message_request_received', subjectId: data.request_id }
}
