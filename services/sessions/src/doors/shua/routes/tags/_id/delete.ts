import { Confirmation, Id } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { TagNotFound } from '#src/errors.ts'
import { deleteTag } from '#src/tags/delete-tag.ts'

const schema = {
  tags: ['Shua: events'],
  summary: 'Delete a tag (the person who made it, or an administrator)',
  description: 'It comes off every event that has it.',
  params: Type.Object({ id: Id }),
  response: { 200: Confirmation }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.delete('', { schema, config: { notFound: TagNotFound } }, async ({ params, user }) => {
    await deleteTag(app.sessions.store, { tagId: params.id, caller: user })
    return { message: 'Tag deleted successfully' }
  })
}
export default route
