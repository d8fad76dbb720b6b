import { Id, ThreadDetails } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { toError } from '#src/doors/shua/errors.ts'
import { presentDetails } from '#src/doors/shua/present-threads.ts'
import { ThreadNotFound } from '#src/errors.ts'
import { findDetails } from '#src/threads/details.repository.ts'
import { viewThread } from '#src/threads/view-thread.ts'

const schema = {
  tags: ['Shua: threads'],
  summary: 'Show a thread with its event, request and booking',
  description:
    "For members. `request` and `booking` are the reader's own; for the host, those of the guest who was accepted first.",
  params: Type.Object({ id: Id }),
  response: { 200: ThreadDetails }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema, config: { notFound: ThreadNotFound } }, async ({ user, params }) => {
    const view = await viewThread(app.chat.store.db, params.id, user.id)
    if (!view.ok) throw toError(view)
    return presentDetails(view.thread, await findDetails(app.chat.store.db, view.thread.id, user.id))
  })
}
export default route
