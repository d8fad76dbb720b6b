import { databaseConfigSchema, serverConfigSchema } from '@belay/kit'
import { type Static, Type } from 'typebox'

/** The variables of the notifications service. */
export const configSchema = Type.Object({
  ...serverConfigSchema.properties,
  ...databaseConfigSchema.properties,
  UNREAD_NOTIFY_AFTER_MS: Type.Integer({
    minimum: 1,
    maximum: 3_600_000,
    default: 60_000,
    description:
      'How long a message may stay unread by a person with a live socket in its thread before they are notified, unless they still have one, in milliseconds.'
  }),
  UNREAD_CHECK_INTERVAL_MS: Type.Integer({
    minimum: 10,
    maximum: 60_000,
    default: 1_000,
    description: 'How often to look for such messages, in milliseconds.'
  })
})

export type NotificationsConfig = Readonly<Static<typeof configSchema>>
