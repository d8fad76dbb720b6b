import { Type } from 'typebox'
import { NotificationType } from '../notifications.ts'
import { Id, Nullable, Timestamp } from '../text.ts'
import { defineEvent } from './define-event.ts'

export const NotificationCreated = defineEvent({
  source: 'notifications',
  entity: 'notification',
  verb: 'created',
  version: 1,
  description: "A notification was added to a person's inbox.",
  data: Type.Object({
    notification_id: Id,
    user_id: Id,
    type: NotificationType,
    actor_id: Nullable(Id),
    created_at: Timestamp
  })
})
