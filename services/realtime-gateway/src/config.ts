import { LimitVariable, serverConfigSchema } from '@belay/kit'
import { type Static, Type } from 'typebox'

const Count = (fallback: number, description: string) => Type.Integer({ minimum: 1, default: fallback, description })
const Milliseconds = (fallback: number, description: string) =>
  Type.Integer({ minimum: 100, maximum: 600_000, default: fallback, description })

/** The variables of the realtime gateway. */
export const configSchema = Type.Object({
  ...serverConfigSchema.properties,
  CORS_ORIGINS: Type.String({
    default: '',
    description:
      'Origins whose pages may open sockets, separated by commas; "*" for all. The own origin always may; outside ' +
      'production also localhost.'
  }),
  MAX_CONNECTIONS_PER_USER: Count(50, 'Sockets that one person may have open in one process.'),
  MAX_CONNECTIONS_PER_ADDRESS: Count(10_000, 'Sockets that one client address may have open in one process.'),
  MAX_OPENING_CONNECTIONS: Count(5_000, 'Sockets that may wait to be let in; further upgrades get 503.'),
  MAX_BUFFERED_BYTES: Count(786_432, 'What may wait for one slow reader before its socket is closed with 1013.'),
  MAX_PENDING_SENDS: Count(100, 'Messages of one socket that may wait for their turn.'),
  OPEN_TIMEOUT_MS: Milliseconds(10_000, 'A socket that is not let in by then is closed.'),
  HEARTBEAT_INTERVAL_MS: Milliseconds(25_000, 'How often each socket is pinged.'),
  HEARTBEAT_TIMEOUT_MS: Milliseconds(10_000, 'How long a client may take to answer a ping.'),
  PING_TIMEOUT_MS: Milliseconds(20_000, 'How long a Socket.IO client may take to answer a ping.'),
  SUBSCRIPTION_CHECK_MS: Milliseconds(10_000, 'How long a round of checking all subscriptions with the chat takes.'),
  LIMIT_TYPING_PER_MINUTE: LimitVariable(10, 'Typing events of one person in one direct conversation, per minute.'),
  TYPING_LASTS_MS: Milliseconds(6_000, 'A typing indicator that is not renewed ends after this.'),
  DRAIN_MS: Milliseconds(3_000, 'When stopping, sockets are closed spread over up to this.')
})

export type RealtimeConfig = Readonly<Static<typeof configSchema>>
