import { databaseConfigSchema, LimitVariable, serverConfigSchema } from '@belay/kit'
import { type Static, Type } from 'typebox'

export const configSchema = Type.Object({
  ...serverConfigSchema.properties,
  ...databaseConfigSchema.properties,
  LIMIT_INVITATIONS_PER_HOUR: LimitVariable(10, 'Invitations per person and hour.'),
  AUTO_COMPLETE_INTERVAL_MS: Type.Integer({
    minimum: 10,
    maximum: 60_000,
    default: 15_000,
    description: 'How often to look for accepted sessions that are over, in milliseconds.'
  })
})

export type SessionsConfig = Readonly<Static<typeof configSchema>>
