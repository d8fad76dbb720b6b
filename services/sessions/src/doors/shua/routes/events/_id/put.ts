import { ChangeEventBody, Event, Id } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { toChangedFields } from '#src/doors/shua/gathering-fields.ts'
import { GatheringNotFound } from '#src/errors.ts'
import { changeGathering } from '#src/gatherings/change-gathering.ts'
import { presentEvent } from '#src/doors/shua/present-event.ts'

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
  app.put('', { schema, config: { notFound: GatheringNotFound, errors: [400] } }, async ({ params, body, user }) => {
    const change = { fields: toChangedFields(body), tagIds: body.tag_ids }
    const input = { gatheringId: params.id, callerId: user.id, ...change, now: clock.now() }
    return presentEvent(await changeGathering(app.sessions.store, input))
  })
}
export default route
