import type { EventOf, MessageSent } from '@belay/contracts'
import type { MissedMessages } from '#src/unseen/unseen.repository.ts'
import type { Notice } from './notice.ts'

/** Of the app, by what a thread belongs to; sessions and direct conversations have the id of their thread. */
const pages = { session: 'sessions', event: 'threads', request: 'threads', direct: 'conversations' } as const

/** What each other member of the thread may miss; of a system message nothing. */
export function missedMessages({ id, data }: EventOf<typeof MessageSent>): MissedMessages[] {
  const { kind, sender_id, body, message_type, member_ids, thread_id, context, context_id, message_id, seq } = data
  if (kind === 'system' || sender_id === null) return []
  const message = { thread_id, context, context_id, message_id, sender_id, seq, event_id: id, count: 1 }
  const excerpt = message_type === 'image' ? 'Photo' : excerptOf(body)
  return member_ids.filter((member) => member !== sender_id).map((user_id) => ({ ...message, excerpt, user_id }))
}

export function missed({ user_id, sender_id, event_id, excerpt, seq, count, ...message }: MissedMessages): Notice {
  const { thread_id, context, context_id, message_id } = message
  return {
    type: 'message_received',
    to: user_id,
    about: sender_id,
    words: { excerpt },
    url: `/${pages[context]}/${thread_id}`,
    data: { thread_id, context, context_id, message_id },
    causeEventId: event_id,
    thread: { id: thread_id, seq, count }
  }
}

/** All of a message of up to 140 characters, else its beginning. */
function excerptOf(body: string): string {
  const characters = [...body]
  return characters.length > 140 ? `${characters.slice(0, 139).join('')}…` : body
}
