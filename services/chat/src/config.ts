import { databaseConfigSchema, LimitVariable, serverConfigSchema } from '@belay/kit'
import { type Static, Type } from 'typebox'

/** The variables of the chat service. */
export const configSchema = Type.Object({
  ...serverConfigSchema.properties,
  ...databaseConfigSchema.properties,
  LIMIT_MESSAGES_PER_HOUR: LimitVariable(
    100,
    'Messages in sessions per person and hour, over HTTP and sockets together.'
  ),
  LIMIT_DIRECT_MESSAGES_PER_HOUR: LimitVariable(
    100,
    'Direct messages per person and hour, over HTTP and sockets together.'
  ),
  LIMIT_MESSAGE_REQUESTS_PER_HOUR: LimitVariable(10, 'Message requests per person and hour.'),
  LIMIT_SOCKET_MESSAGES_PER_SECOND: LimitVariable(2, 'Direct messages per person and second over sockets.'),
  LIMIT_CONVERSATION_LISTS_PER_MINUTE: LimitVariable(60, 'Pages of the list of conversations per person and minute.'),
  LIMIT_CONVERSATION_READS_PER_MINUTE: LimitVariable(120, 'Pages of messages of conversations per person and minute.'),
  LIMIT_SOCKET_READ_MARKS_PER_MINUTE: LimitVariable(
    50,
    'Messages that a person marks as read per minute over sockets.'
  ),
  CONTINUITY_CHECK_MS: Type.Integer({
    minimum: 100,
    maximum: 600_000,
    default: 5_000,
    description: 'How often chat checks that PostgreSQL is still the same server and timeline.'
  })
})

export type ChatConfig = Readonly<Static<typeof configSchema>>
