import { ConfigError, type Violation } from '@belay/config'
import type { ServerConfig } from './server-config.ts'

/**
 * Refuses what no single variable shows: developer's doors in production, half an identity provider.
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
