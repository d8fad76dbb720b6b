import { Type } from 'typebox'
import { appError, withExtras } from '../errors/app-error.ts'

/** A number of uses per window; a window starts with its first use. */
export interface Limit {
  /** The name of the limit in the database and in `RateLimit` headers: lower case, digits and hyphens. */
  name: string
  max: number
  /** At most a day: older windows are deleted. */
  windowSeconds: number
}

/** The variable that sets how many uses a limit allows, for a service's configuration schema. */
export function LimitVariable(fallback: number, description: string) {
  return Type.Integer({ minimum: 1, default: fallback, description })
}

/** A limit as configured: `limitFrom(config, 'LIMIT_INVITATIONS_PER_HOUR', …)`; null if limits are off. */
export function limitFrom<Variable extends string>(
  config: { readonly RATE_LIMITS: 'on' | 'off' } & Readonly<Record<Variable, number>>,
  variable: Variable,
  limit: Omit<Limit, 'max'>
): Limit | null {
  return config.RATE_LIMITS === 'off' ? null : { ...limit, max: config[variable] }
}

const units: readonly [seconds: number, name: string][] = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
  [1, 'second']
]

/** Human-readable: "10 per hour", "10 per 15 minutes". */
export function describeLimit({ max, windowSeconds }: Limit): string {
  const [seconds, name] = units.find(([unit]) => windowSeconds % unit === 0) ?? [1, 'second']
  const count = windowSeconds / seconds
  return count === 1 ? `${max} per ${name}` : `${max} per ${count} ${name}s`
}

const TooMany = appError('RATE_LIMIT_EXCEEDED', '%s', 429)

/** A limit is used up. The response contains the limit and when to retry, in the IETF's RateLimit fields. */
export class RateLimited extends TooMany {
  /** Seconds until the window ends, at least 1. */
  readonly retryAfterSeconds: number

  constructor(detail: string, retryAfterSeconds: number, limit?: Limit) {
    super(detail)
    this.retryAfterSeconds = Math.max(1, Math.ceil(retryAfterSeconds))
    withExtras(this, { headers: headersOf(this.retryAfterSeconds, limit) })
  }

  /** For a limit with a message of its own. */
  static of(limit: Limit, retryAfterSeconds: number): RateLimited {
    return new RateLimited(`Rate limit exceeded: ${describeLimit(limit)}`, retryAfterSeconds, limit)
  }
}

function headersOf(seconds: number, limit: Limit | undefined): Record<string, string> {
  const retry = { 'retry-after': String(seconds) }
  if (limit === undefined) return { ...retry, ratelimit: `"default";r=0;t=${seconds}` }
  return {
    ...retry,
    ratelimit: `"${limit.name}";r=0;t=${seconds}`,
    'ratelimit-policy': `"${limit.name}";q=${limit.max};w=${limit.windowSeconds}`
  }
}
