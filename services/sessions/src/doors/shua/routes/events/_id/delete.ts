import { Id } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { GatheringNotFound } from '#src/errors.ts'
import { cancelGathering } from '#src/gatherings/cancel-gathering.ts'

const schema = {
  tags: ['Shua: events'],
  summary: 'Cancel an event (host)',
  description:
    'Bookings end, open requests are declined, the group is locked and its guests are notified. The event stays readable.',
  params: Type.Object({ id: Id }),
  response: { 204: Type.Null() }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  const { clock } = app.runtime
  app.delete(
    '',
    { schema, config: { notFound: GatheringNotFound, errors: [400] } },
    async ({ params, user }, reply) => {
      await cancelGathering(app.sessions.store, { gatheringId: params.id, callerId: user.id, now: clock.now() })
      return reply.code(204).send(null)
    }
  )
}
export default route
