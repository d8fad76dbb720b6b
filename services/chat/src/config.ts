import { databaseConfigSchema, serverConfigSchema } from '@belay/kit'
import { type Static, Type } from 'typebox'

/** The variables of the chat service. */
export const configSchema = Type.Object({
  ...serverConfigSchema.properties,
  ...databaseConfigSchema.properties,
  LIMIT_MESSAGES_PER_HOUR: Type.Integer({
    minimum: 1,
    default: 100,
    description: 'Messages per person and hour, over HTTP and sockets together.'
  }),
  CONTINUITY_CHECK_MS: Type.Integer({
    minimum: 100,
    maximum: 600_000,
    default: 5_000,
    description: 'How often chat checks that PostgreSQL is still the same server and timeline.'
  })
})

export type ChatConfig = Readonly<Static<typeof configSchema>>
