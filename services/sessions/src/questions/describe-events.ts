import { DescribeEvents } from '@belay/contracts'
import { answerer } from '@belay/kit'
import type { Kysely } from 'kysely'
import { describeEventViews } from '#src/events/event-views.repository.ts'
import { presentEvent } from '#src/events/present-event.ts'
import type { SessionsDatabase } from '#src/schema.ts'

export const answerDescribeEvents = (db: Kysely<SessionsDatabase>) =>
  answerer(DescribeEvents, async ({ user_id, event_ids }) => {
    if (event_ids.length === 0) return { events: [] }
    const events = await describeEventViews(db, user_id, event_ids)
    return {
      events: events.map((event) => ({
        event: presentEvent(event),
        request_id: event.request_id,
        booking_id: event.booking_id
      }))
    }
  })
