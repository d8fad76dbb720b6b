import { UnreadCount } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { updateAllRead } from '#src/notifications/notifications.repository.ts'

const schema = {
  tags: ['Notifications'],
  summary: "Mark all of the caller's notifications as read",
  description: 'Answers how many of them were unread.',
  response: { 200: UnreadCount }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.post('', { schema }, async ({ user }) => ({
    count: await updateAllRead(app.notifications.store.db, user.id, app.notifications.runtime.clock.now())
  }))
}
export default route
