import { serverConfigSchema } from '@belay/kit'
import { type Static, Type } from 'typebox'

const Replicas = (service: string) =>
  Type.String({
    pattern: String.raw`^https?://[^\s,/]+/?(\s*,\s*https?://[^\s,/]+/?)*$`,
    description: `Where ${service} answers; several replicas are separated by commas.`
  })

/** The variables of the gateway. */
export const configSchema = Type.Object({
  ...serverConfigSchema.properties,
  PEOPLE_URL: Replicas('people'),
  SESSIONS_URL: Replicas('sessions'),
  CHAT_URL: Replicas('chat'),
  NOTIFICATIONS_URL: Replicas('notifications'),
  REALTIME_URL: Replicas('the realtime gateway'),
  CORS_ORIGINS: Type.String({
    default: '',
    description: 'Origins whose pages may call, separated by commas; "*" for all. Outside production also localhost.'
  }),
  TRUSTED_PROXIES: Type.String({
    default: '',
    description: 'Proxies in front whose X-Forwarded-* count: addresses, ranges (CIDR), "loopback", "uniquelocal".'
  }),
  GATEWAY_ANSWER_TIMEOUT_MS: Type.Integer({
    minimum: 100,
    default: 15_000,
    description: 'How long a service may be silent. It may hold back a repeated Idempotency-Key for 10 s.'
  }),
  GATEWAY_REQUESTS_PER_MINUTE: Type.Integer({
    minimum: 1,
    default: 30_000,
    description: 'Requests that one address may send to one process of the gateway.'
  })
})

export type GatewayConfig = Readonly<Static<typeof configSchema>>

/** Returns the entries of a comma-separated list. */
export function listOf(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean)
}
