import { ListRequests } from '@belay/contracts'
import { answerer } from '@belay/kit'
import type { Kysely } from 'kysely'
import { describeGathering } from '#src/gatherings/gathering-events.ts'
import { findGathering } from '#src/gatherings/gatherings.repository.ts'
import { describeRequest } from '#src/requests/request-events.ts'
import { listRequestsAfter } from '#src/requests/requests.repository.ts'
import type { SessionsDatabase } from '#src/schema.ts'

export const answerListRequests = (db: Kysely<SessionsDatabase>) =>
  answerer(ListRequests, async (page) => {
    const requests = await listRequestsAfter(db, page)
    const described = requests.map(async (request) => {
      const gathering = await findGathering(db, request.event_id)
      if (gathering === undefined) return []
      const { status, booking_id } = request
      const event = await describeGathering(db, gathering)
      return [{ ...describeRequest(request, gathering), event, status, booking_id }]
    })
    return { requests: (await Promise.all(described)).flat() }
  })
