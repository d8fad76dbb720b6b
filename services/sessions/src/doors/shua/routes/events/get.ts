import { Event, ListEventsQuery } from '@belay/contracts'
import { linkNextPage } from '@belay/kit'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { listGatherings } from '#src/gatherings/list-gatherings.ts'
import { presentEvent } from '#src/gatherings/present-event.ts'

const schema = {
  tags: ['Shua: events'],
  summary: 'List events that are still to come, the soonest first',
  description:
    'Without a token too. Filters: a tag (`tag`: id or name, `tag_filter`: part of a name), an activity, a first moment. ' +
    'The `Link` header of a full page leads to the next one.',
  querystring: ListEventsQuery,
  response: { 200: Type.Array(Event) }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  const { clock } = app.runtime
  app.get('', { schema, config: { auth: 'optional' } }, async (request, reply) => {
    const { query, currentUser } = request
    const viewer = { viewerId: currentUser?.id, now: clock.now() }
    const { gatherings, next } = await listGatherings(app.plans.store.db, { ...query, ...viewer })
    linkNextPage(request, reply, next)
    return gatherings.map(presentEvent)
  })
}
export default route
