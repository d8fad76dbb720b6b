import { ListNotificationsQuery, Notification, Page } from '@belay/contracts'
import { presentPage, readPage, requestUrl } from '@belay/kit'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { toNotification } from '#src/notifications/notification.ts'
import { countNotifications, listNotifications } from '#src/notifications/notifications.repository.ts'

const schema = {
  tags: ['Notifications'],
  summary: "List the caller's notifications, newest first",
  description: 'Filters: `unread` and `type`.',
  querystring: ListNotificationsQuery,
  response: { 200: Page(Notification) }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema }, async (request) => {
    const { db } = app.inbox.store
    const filter = { userId: request.user.id, unread: request.query.unread, type: request.query.type }
    const page = await readPage(request.query, {
      count: () => countNotifications(db, filter),
      list: (range) => listNotifications(db, filter, range)
    })
    return presentPage(page, requestUrl(request), toNotification)
  })
}
export default route
