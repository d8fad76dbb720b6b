import { ConfigError, type Violation } from '@belay/config'
import { type Static, Type } from 'typebox'

const HttpUrl = Type.String({ format: 'uri', pattern: '^https?://' })

/**
 * The variables that every process reads. Services compose their own schema from it:
 * `Type.Object({ ...serverConfigSchema.properties, ...databaseConfigSchema.properties, MINE: … })`.
 */
export const serverConfigSchema = Type.Object({
  NODE_ENV: Type.Union([Type.Literal('development'), Type.Literal('production'), Type.Literal('test')], {
    default: 'development'
  }),
  HOST: Type.String({ default: '127.0.0.1', description: 'Address to listen on.' }),
  PORT: Type.Integer({ minimum: 0, maximum: 65_535, default: 8080 }),
  LOG_LEVEL: Type.Enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'], { default: 'info' }),
  PUBLIC_URL: Type.String({ format: 'uri', pattern: '^https?://', default: 'http://localhost:8080' }),
  NATS_URL: Type.String({ default: 'nats://127.0.0.1:4222', description: 'Several are separated by commas.' }),
  NATS_STREAM_REPLICAS: Type.Integer({ minimum: 1, maximum: 5, default: 1 }),
  SOLE_PROCESS: Type.Boolean({
    default: false,
    description: 'No other process runs a service of this system: live signals then do not leave it.'
  }),
  GATEWAY_SECRET: Type.Optional(
    Type.String({ minLength: 32, description: 'By which the services know that a call comes through the gateway.' })
  ),
  TOKEN_ISSUER: Type.String({ default: 'belay', description: '`iss` of access tokens.' }),
  TOKEN_AUDIENCE: Type.String({ default: 'belay', description: '`aud` of access tokens.' }),
  AUTH_JWKS_URL: Type.Optional(HttpUrl),
  AUTH_ISSUER: Type.Optional(Type.String({ description: '`iss` of the tokens of an own identity provider.' })),
  AUTH_AUDIENCE: Type.Optional(Type.String({ description: '`aud` of the tokens of an own identity provider.' })),
  DEV_TEST_AUTH: Type.Boolean({ default: false, description: 'Take X-Test-User-ID for a login; never in production.' }),
  RATE_LIMITS: Type.Union([Type.Literal('on'), Type.Literal('off')], { default: 'on' })
})

export type ServerConfig = Readonly<Static<typeof serverConfigSchema>>

/** The origins of pages on the developer's own machine, at any port: allowed outside production. */
export const localOrigin = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/

/** The variables of processes with a database. */
export const databaseConfigSchema = Type.Object({
  DATABASE_URL: Type.String({ format: 'uri', pattern: '^postgres(ql)?://' }),
  DATABASE_POOL_MAX: Type.Integer({ minimum: 1, maximum: 200, default: 10 }),
  EVENT_RETRY_MS: Type.Integer({
    minimum: 1,
    maximum: 60_000,
    default: 250,
    description: 'How long an event that failed waits for its second try; each further wait is twice as long.'
  })
})

export type DatabaseConfig = Readonly<Static<typeof databaseConfigSchema>>

/**
 * Checks what no single variable shows: development settings in production, an incomplete identity provider.
 * @throws ConfigError with every violation
 */
export function checkServerConfig(config: ServerConfig): void {
  const violations = [...unsafeInProduction(config), ...halfAnIdentityProvider(config), ...sameIssuer(config)]
  if (violations.length > 0) throw new ConfigError(violations)
}

function unsafeInProduction(config: ServerConfig): Violation[] {
  if (config.NODE_ENV !== 'production') return []
  const violations: Violation[] = []
  if (config.DEV_TEST_AUTH) violations.push({ variable: 'DEV_TEST_AUTH', problem: 'must not be true in production' })
  if (config.RATE_LIMITS === 'off')
    violations.push({ variable: 'RATE_LIMITS', problem: 'must not be off in production' })
  if (config.GATEWAY_SECRET === undefined)
    violations.push({ variable: 'GATEWAY_SECRET', problem: 'is missing: production needs it' })
  return violations
}

function halfAnIdentityProvider(config: ServerConfig): Violation[] {
  const variables = ['AUTH_JWKS_URL', 'AUTH_ISSUER', 'AUTH_AUDIENCE'] as const
  const missing = variables.filter((variable) => config[variable] === undefined)
  if (missing.length === 0 || missing.length === variables.length) return []
  return missing.map((variable) => ({ variable, problem: `is missing: ${variables.join(', ')} belong together` }))
}

function sameIssuer(config: ServerConfig): Violation[] {
  if (config.AUTH_ISSUER !== config.TOKEN_ISSUER) return []
  return [{ variable: 'AUTH_ISSUER', problem: 'must not be that of our own tokens (TOKEN_ISSUER)' }]
}
