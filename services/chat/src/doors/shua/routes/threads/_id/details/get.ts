import { Id, ThreadDetails } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { ThreadNotFound } from '#src/errors.ts'
import { showDetails } from '#src/threads/show-details.ts'

const schema = {
  tags: ['Shua: threads'],
  summary: 'Show a thread with its event, request and booking',
  description:
    "For members. `request` and `booking` are the reader's own; for the host, those of the guest who was accepted first.",
  params: Type.Object({ id: Id }),
  response: { 200: ThreadDetails }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema, config: { notFound: ThreadNotFound } }, ({ user, params }) =>
    showDetails(app.chat, params.id, user.id)
  )
}
export default route
