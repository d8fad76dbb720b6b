import { DescribeEvents } from '@belay/contracts'
import { answerer } from '@belay/kit'
import type { Kysely } from 'kysely'
import { describeGatheringViews } from '#src/gatherings/gathering-views.repository.ts'
import { presentEvent } from '#src/gatherings/present-event.ts'
import type { SessionsDatabase } from '#src/schema.ts'

export const answerDescribeEvents = (db: Kysely<SessionsDatabase>) =>
  answerer(DescribeEvents, async ({ user_id, event_ids }) => {
    if (event_ids.length === 0) return { events: [] }
    const gatherings = await describeGatheringViews(db, user_id, event_ids)
    return {
      events: gatherings.map((gathering) => ({
        event: presentEvent(gathering),
        request_id: gathering.request_id,
        booking_id: gathering.booking_id
      }))
    }
  })
