import type {
  BuddySessionCancelled,
  BuddySessionCompleted,
  BuddySessionScheduled,
  EventEnvelope,
  EventOf
} from '@belay/contracts'
import type { Notice } from './notice.ts'

type BuddySessionEvent = EventEnvelope<
  Pick<EventOf<typeof BuddySessionScheduled>['data'], 'session_id' | 'match_id' | 'user_ids' | 'venue_name'>
>

/** To the one who did not schedule it. */
export function scheduled(event: EventOf<typeof BuddySessionScheduled>): Notice[] {
  const { actor_id } = event.data
  return toBoth(event, 'buddy_session_scheduled').filter(({ to }) => to !== actor_id)
}

/** To both: it took the confirmations of both. */
export function completed(event: EventOf<typeof BuddySessionCompleted>): Notice[] {
  return toBoth(event, 'buddy_session_completed')
}

/** None for a block: the other person is not to learn of it. */
export function cancelled(event: EventOf<typeof BuddySessionCancelled>): Notice[] {
  const { cause, actor_id } = event.data
  if (cause === 'blocked') return []
  const anonymous = cause === 'deleted'
  const notices = toBoth(event, 'buddy_session_cancelled').filter(({ to }) => to !== actor_id)
  return notices.map((notice) => ({ ...notice, anonymous }))
}

function toBoth({ id, data }: BuddySessionEvent, type: Notice['type']): Notice[] {
  const { session_id, match_id, user_ids, venue_name } = data
  return user_ids.flatMap((to) =>
    user_ids
      .filter((userId) => userId !== to)
      .map((about) => ({
        type,
        to,
        about,
        words: { plan: `at ${venue_name}` },
        url: `/buddy-sessions/${session_id}`,
        data: { session_id, match_id },
        causeEventId: id
      }))
  )
}
