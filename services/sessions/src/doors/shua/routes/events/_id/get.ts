import { Event, Id } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { GatheringNotFound } from '#src/errors.ts'
import { getGathering } from '#src/gatherings/get-gathering.ts'
import { presentEvent } from '#src/doors/shua/present-event.ts'

const schema = {
  tags: ['Shua: events'],
  summary: 'Read an event',
  description: 'Without a token too.',
  params: Type.Object({ id: Id }),
  response: { 200: Event }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema, config: { auth: 'optional', notFound: GatheringNotFound } }, async ({ params, currentUser }) =>
    presentEvent(await getGathering(app.sessions.store.db, params.id, currentUser?.id))
  )
}
export default route
