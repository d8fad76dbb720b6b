import { Event, ListMyEventsQuery } from '@belay/contracts'
import { linkNextPage, positionsOf } from '@belay/kit'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { nextCursor } from '#src/doors/shua/next-cursor.ts'
import { listGatheringViewsOf } from '#src/gatherings/gathering-views.repository.ts'
import { presentEvent } from '#src/doors/shua/present-event.ts'

const schema = {
  tags: ['Shua: events'],
  summary: 'List the events that the caller hosts, the latest first',
  description: 'Past and cancelled ones too. The `Link` header of a full page leads to the next one.',
  querystring: ListMyEventsQuery,
  response: { 200: Type.Array(Event) }
}

const positions = positionsOf('events/my', 'time')

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema }, async (request, reply) => {
    const { limit, cursor } = request.query
    const page = { limit, after: positions.decode(cursor) }
    const gatherings = await listGatheringViewsOf(app.sessions.store.db, request.user.id, page)
    linkNextPage(
      request,
      reply,
      nextCursor(gatherings, limit, positions, (gathering) => gathering.starts_at.toISOString())
    )
    return gatherings.map(presentEvent)
  })
}
export default route
