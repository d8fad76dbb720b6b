import { Event, ListEventsQuery } from '@belay/contracts'
import { linkNextPage, positionsOf } from '@belay/kit'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { nextCursor } from '#src/doors/shua/next-cursor.ts'
import { parseInstant } from '#src/doors/parse-instant.ts'
import { listGatheringViews } from '#src/gatherings/gathering-views.repository.ts'
import { presentEvent } from '#src/doors/shua/present-event.ts'

const schema = {
  tags: ['Shua: events'],
  summary: 'List events that are still to come, the soonest first',
  description:
    'Without a token too. Filters: a tag (`tag`: id or name, `tag_filter`: part of a name), an activity, a first moment. ' +
    'The `Link` header of a full page leads to the next one.',
  querystring: ListEventsQuery,
  response: { 200: Type.Array(Event) }
}

const positions = positionsOf('events', 'time')

const route: FastifyPluginAsyncTypebox = async (app) => {
  const { clock } = app.runtime
  app.get('', { schema, config: { auth: 'optional' } }, async (request, reply) => {
    const { from, tag, tag_filter: tagPart, activity, limit, cursor } = request.query
    const filter = {
      viewerId: request.currentUser?.id,
      from: from === undefined ? clock.now() : parseInstant(from, 'from'),
      tag: tag || undefined,
      tagPart: tagPart || undefined,
      activity: activity || undefined
    }
    const page = { limit, after: positions.decode(cursor) }
    const gatherings = await listGatheringViews(app.sessions.store.db, filter, page)
    linkNextPage(
      request,
      reply,
      nextCursor(gatherings, limit, positions, (gathering) => gathering.starts_at.toISOString())
    )
    return gatherings.map(presentEvent)
  })
}
export default route
