import { Event, ListMyEventsQuery } from '@belay/contracts'
import { linkNextPage } from '@belay/kit'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { listHostedGatherings } from '#src/gatherings/list-hosted-gatherings.ts'
import { presentEvent } from '#src/gatherings/present-event.ts'

const schema = {
  tags: ['Shua: events'],
  summary: 'List the events that the caller hosts, the latest first',
  description: 'Past and cancelled ones too. The `Link` header of a full page leads to the next one.',
  querystring: ListMyEventsQuery,
  response: { 200: Type.Array(Event) }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema }, async (request, reply) => {
    const { gatherings, next } = await listHostedGatherings(app.plans.store.db, request.user.id, request.query)
    linkNextPage(request, reply, next)
    return gatherings.map(presentEvent)
  })
}
export default route
