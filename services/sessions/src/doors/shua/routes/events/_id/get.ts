import { Event, Id } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { EventNotFound } from '#src/errors.ts'
import { getEvent } from '#src/events/get-event.ts'
import { presentEvent } from '#src/events/present-event.ts'

const schema = {
  tags: ['Shua: events'],
  summary: 'Read an event',
  description: 'Without a token too.',
  params: Type.Object({ id: Id }),
  response: { 200: Event }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema, config: { auth: 'optional', notFound: EventNotFound } }, async ({ params, currentUser }) =>
    presentEvent(await getEvent(app.plans.store.db, params.id, currentUser?.id))
  )
}
export default route
