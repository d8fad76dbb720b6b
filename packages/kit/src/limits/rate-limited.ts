import { appError, withExtras } from '../errors/app-error.ts'
import { describeLimit, type Limit } from './limit.ts'

const TooMany = appError('RATE_LIMIT_EXCEEDED', '%s', 429)

/** A limit is used up. The answer says when to try again, and of which limit, as the IETF's RateLimit fields do. */
export class RateLimited extends TooMany {
  /** Seconds until the window ends, at least 1. */
  readonly retryAfterSeconds: number

  constructor(detail: string, retryAfterSeconds: number, limit?: Limit) {
    super(detail)
    this.retryAfterSeconds = Math.max(1, Math.ceil(retryAfterSeconds))
    withExtras(this, { headers: headersOf(this.retryAfterSeconds, limit) })
  }

  /** Of a limit, in its own words. */
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
