import cors from '@fastify/cors'
import rateLimit from '@fastify/rate-limit'
import { localOrigin } from '@belay/kit'
import fp from 'fastify-plugin'
import { type GatewayConfig, listOf } from '#src/config.ts'
import { TooManyRequests } from '#src/errors.ts'

/** How long a browser may cache a preflight response. */
const preflightSeconds = 600
const addressesCounted = 50_000

/** The headers that a page of another origin may read. */
const readableHeaders = [
  'x-request-id',
  'retry-after',
  'ratelimit',
  'ratelimit-policy',
  'idempotency-replayed',
  'location',
  'link'
]

/**
 * Headers that protect browsers. Responses are data: a browser must not load, run or frame anything from them. Pages of
 * other origins may use the API as far as CORS allows. Constants, because computing them with helmet for each request
 * would cost as much as forwarding the request.
 */
const safeHeaders = {
  'content-security-policy': "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'cross-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY'
}

/** Browsers only apply it over https. */
const httpsOnly = { 'strict-transport-security': 'max-age=31536000; includeSubDomains' }

export interface GuardsOptions {
  config: GatewayConfig
}

/** CORS, headers that protect browsers, and a guard against floods. */
export default fp<GuardsOptions>(
  async (app, { config }) => {
    // First: CORS responds to preflights, which end there.
    const headers = safeHeadersOf(config)
    app.addHook('onRequest', (_request, reply, done) => {
      reply.headers(headers)
      done()
    })
    await app.register(cors, {
      origin: allowedOrigins(config),
      credentials: true,
      methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
      exposedHeaders: readableHeaders,
      maxAge: preflightSeconds,
      // An OPTIONS request that is not a preflight is not an error.
      strictPreflight: false
    })
    if (config.RATE_LIMITS === 'off') return
    await app.register(rateLimit, {
      max: config.GATEWAY_REQUESTS_PER_MINUTE,
      timeWindow: 60_000,
      cache: addressesCounted,
      // Limit headers are reserved for the product's limits, which the services set.
      addHeadersOnExceeding: quiet,
      addHeaders: quiet,
      errorResponseBuilder: () => new TooManyRequests()
    })
  },
  { name: 'gateway.guards' }
)

/** Returns the same headers for a response that no hook sees, to a page of `origin`. */
export function answerHeadersOf(config: GatewayConfig): (origin: string | undefined) => Record<string, string> {
  const headers = safeHeadersOf(config)
  const origins = allowedOrigins(config)
  return (origin) => {
    if (origin === undefined || !isAllowed(origin, origins)) return { ...headers, vary: 'Origin' }
    return {
      ...headers,
      vary: 'Origin',
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': readableHeaders.join(', ')
    }
  }
}

function safeHeadersOf({ NODE_ENV }: GatewayConfig): Record<string, string> {
  return NODE_ENV === 'production' ? { ...safeHeaders, ...httpsOnly } : safeHeaders
}

function isAllowed(origin: string, origins: ReturnType<typeof allowedOrigins>): boolean {
  return origins === true || origins.some((each) => (typeof each === 'string' ? each === origin : each.test(origin)))
}

const quiet = { 'x-ratelimit-limit': false, 'x-ratelimit-remaining': false, 'x-ratelimit-reset': false }

function allowedOrigins({ CORS_ORIGINS, NODE_ENV }: GatewayConfig): true | (string | RegExp)[] {
  const listed = listOf(CORS_ORIGINS)
  if (listed.includes('*')) return true
  return NODE_ENV === 'production' ? listed : [...listed, localOrigin]
}
