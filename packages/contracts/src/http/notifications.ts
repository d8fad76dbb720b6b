import { Type } from 'typebox'
import { NotificationType } from '../notifications.ts'
import { PageQuery } from './send-buddy.ts'

export const ListNotificationsQuery = Type.Object({
  unread: Type.Optional(Type.Boolean()),
  type: Type.Optional(NotificationType),
  ...PageQuery
})

export const UnreadCount = Type.Object({ count: Type.Integer() }, { $id: 'UnreadCount' })
