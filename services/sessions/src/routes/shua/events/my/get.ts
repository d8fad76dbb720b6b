import { Event, ListMyEventsQuery } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { listEventViewsOf } from '#src/events/event-views.repository.ts'
import { presentEvent } from '#src/events/present-event.ts'

const schema = {
  tags: ['Shua: events'],
  summary: 'List the events that the caller hosts, the latest first',
  description:
    'Past and cancelled ones too. The next page begins after `cursor`, the id of the last event of this one.',
  querystring: ListMyEventsQuery,
  response: { 200: Type.Array(Event) }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema }, async ({ query, user }) => {
    const events = await listEventViewsOf(app.plans.store.db, user.id, query)
    return events.map(presentEvent)
  })
}
export default route
