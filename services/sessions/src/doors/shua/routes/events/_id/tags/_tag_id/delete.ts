import { Confirmation, Id } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { GatheringNotFound } from '#src/errors.ts'
import { removeGatheringTag } from '#src/gatherings/tag-gathering.ts'

const schema = {
  tags: ['Shua: events'],
  summary: 'Take a tag off an event (host)',
  description: 'The tag itself stays, for other events.',
  params: Type.Object({ id: Id, tag_id: Id }),
  response: { 200: Confirmation }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  const { clock } = app.runtime
  app.delete('', { schema, config: { notFound: GatheringNotFound, errors: [400] } }, async ({ params, user }) => {
    const change = { gatheringId: params.id, callerId: user.id, now: clock.now() }
    await removeGatheringTag(app.sessions.store, { ...change, tagId: params.tag_id })
    return { message: 'Tag removed successfully' }
  })
}
export default route
