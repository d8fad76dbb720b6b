import { Confirmation, Id } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { EventNotFound } from '#src/errors.ts'
import { removeEventTag } from '#src/events/tag-event.ts'

const schema = {
  tags: ['Shua: events'],
  summary: 'Take a tag off an event (host)',
  description: 'The tag itself stays, for other events.',
  params: Type.Object({ id: Id, tag_id: Id }),
  response: { 200: Confirmation }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  const { clock } = app.runtime
  app.delete('', { schema, config: { notFound: EventNotFound, errors: [400] } }, async ({ params, user }) => {
    const change = { eventId: params.id, callerId: user.id, now: clock.now() }
    await removeEventTag(app.plans.store, { ...change, tagId: params.tag_id })
    return { message: 'Tag removed successfully' }
  })
}
export default route
