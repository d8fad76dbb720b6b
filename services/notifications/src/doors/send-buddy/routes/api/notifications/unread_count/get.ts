import { UnreadCount } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { countNotifications } from '#src/notifications/notifications.repository.ts'

const schema = {
  tags: ['Notifications'],
  summary: "Count the caller's unread notifications",
  description: 'What a badge shows.',
  response: { 200: UnreadCount }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema }, async ({ user }) => ({
    count: await countNotifications(app.notifications.store.db, { userId: user.id, unread: true })
  }))
}
export default route
