import { Event, EventBody, Id } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { EventNotFound } from '#src/errors.ts'
import { changeEvent } from '#src/events/change-event.ts'
import { presentEvent } from '#src/events/present-event.ts'

const schema = {
  tags: ['Shua: events'],
  summary: 'Replace what an event says (host)',
  description: 'What is left out is empty afterwards, or has its default. Not below the places that are taken.',
  params: Type.Object({ id: Id }),
  body: EventBody,
  response: { 200: Event }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  const { clock } = app.runtime
  app.put('', { schema, config: { notFound: EventNotFound } }, async ({ params, body, user }) => {
    const change = { eventId: params.id, callerId: user.id, plan: body, now: clock.now() }
    return presentEvent(await changeEvent(app.plans.store, change))
  })
}
export default route
