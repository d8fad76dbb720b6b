import { ChangeEventBody, Event, Id } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { EventNotFound } from '#src/errors.ts'
import { changeEvent } from '#src/events/change-event.ts'
import { presentEvent } from '#src/events/present-event.ts'

const schema = {
  tags: ['Shua: events'],
  summary: 'Change an event (host)',
  description:
    'Only the fields that are sent change; `null` empties one, `tag_ids` replaces all tags. The capacity cannot go below ' +
    'the places that are taken.',
  params: Type.Object({ id: Id }),
  body: ChangeEventBody,
  response: { 200: Event }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  const { clock } = app.runtime
  app.put('', { schema, config: { notFound: EventNotFound, errors: [400] } }, async ({ params, body, user }) => {
    const input = { eventId: params.id, callerId: user.id, change: body, now: clock.now() }
    return presentEvent(await changeEvent(app.plans.store, input))
  })
}
export default route
