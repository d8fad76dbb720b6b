import { Type } from 'typebox'
import { NotificationType } from '../../notifications.ts'
import { Cursor } from '../../text.ts'
import { PageQuery } from '../page.ts'

export const ListNotificationsQuery = Type.Object({
  unread: Type.Optional(Type.Boolean()),
  type: Type.Optional(NotificationType),
  /** From the `Link` header of the previous page; if set, `page` is ignored. */
  cursor: Type.Optional(Cursor),
  ...PageQuery
})

export const UnreadCount = Type.Object({ count: Type.Integer() }, { $id: 'UnreadCount' })
