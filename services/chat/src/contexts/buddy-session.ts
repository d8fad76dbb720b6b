import type { BuddySessionCompleted, BuddySessionScheduled, EventOf } from '@belay/contracts'
import type { ThreadChange } from './thread-change.ts'

/** A match's conversation says when its people have scheduled a session. */
export function scheduled({ match_id, venue_name, scheduled_time }: EventOf<typeof BuddySessionScheduled>['data']) {
  const time = `${scheduled_time.slice(0, 10)} at ${scheduled_time.slice(11, 16)} UTC`
  return say(match_id, `A session is scheduled at ${venue_name} on ${time}.`)
}

/** It says when both have confirmed each other. */
export function completed({ match_id }: EventOf<typeof BuddySessionCompleted>['data']) {
  return say(match_id, 'The session is completed.')
}

function say(threadId: string, body: string): ThreadChange[] {
  return [{ kind: 'say', threadId, words: [{ body }] }]
}
