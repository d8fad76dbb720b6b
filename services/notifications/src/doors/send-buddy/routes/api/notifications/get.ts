import { ListNotificationsQuery, Notification, Page } from '@belay/contracts'
import { linkNextPage, presentPage, requestUrl } from '@belay/kit'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { toNotification } from '#src/notifications/notification.ts'
import { listNotificationPage } from '#src/notifications/list-notification-page.ts'

const schema = {
  tags: ['Notifications'],
  summary: "List the caller's notifications, newest first",
  description:
    'Filters: `unread` and `type`. The `Link` header of a full page leads to what follows it, however many came meanwhile.',
  querystring: ListNotificationsQuery,
  response: { 200: Page(Notification) }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema }, async (request, reply) => {
    const { page, next } = await listNotificationPage(app.notifications.store.db, request.user.id, request.query)
    linkNextPage(request, reply, next)
    return presentPage(page, requestUrl(request), toNotification)
  })
}
export default route
