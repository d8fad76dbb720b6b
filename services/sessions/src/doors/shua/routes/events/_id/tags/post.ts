import { AddTagsBody, Confirmation, Id } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { GatheringNotFound } from '#src/errors.ts'
import { addGatheringTags } from '#src/gatherings/tag-gathering.ts'

const schema = {
  tags: ['Shua: events'],
  summary: 'Put tags on an event (host)',
  description: 'Beside those it has, up to 20. A tag that it has already changes nothing.',
  params: Type.Object({ id: Id }),
  body: AddTagsBody,
  response: { 200: Confirmation }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  const { clock } = app.runtime
  app.post('', { schema, config: { notFound: GatheringNotFound, errors: [400] } }, async ({ params, body, user }) => {
    const tagIds = 'tag_ids' in body ? body.tag_ids : [body.tag_id]
    await addGatheringTags(app.sessions.store, { gatheringId: params.id, callerId: user.id, tagIds, now: clock.now() })
    return { message: 'Tags added successfully' }
  })
}
export default route
