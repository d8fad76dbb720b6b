import { Id, Notification } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { NotificationNotFound } from '#src/errors.ts'
import { markNotificationRead } from '#src/notifications/mark-notification-read.ts'
import { toNotification } from '#src/notifications/notification.ts'

const schema = {
  tags: ['Notifications'],
  summary: 'Mark one notification as read',
  description: 'Marking it again changes nothing.',
  params: Type.Object({ id: Id }),
  response: { 200: Notification }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.post('', { schema, config: { notFound: NotificationNotFound } }, async ({ user, params }) =>
    toNotification(await markNotificationRead(app.notifications, user.id, params.id))
  )
}
export default route
