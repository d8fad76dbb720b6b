import { Id } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { NotificationNotFound } from '#src/errors.ts'
import { deleteNotification } from '#src/notifications/notifications.repository.ts'

const schema = {
  tags: ['Notifications'],
  summary: 'Delete one notification',
  description: 'For its owner. It does not come back.',
  params: Type.Object({ id: Id }),
  response: { 204: Type.Null() }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.delete('', { schema, config: { notFound: NotificationNotFound } }, async ({ user, params }, reply) => {
    if (!(await deleteNotification(app.notifications.store.db, user.id, params.id))) throw new NotificationNotFound()
    return reply.code(204).send(null)
  })
}
export default route
