import { Type } from 'typebox'

/** So many uses per window; a window starts with its first use. */
export interface Limit {
  /** Of the limit in the database and in `RateLimit` headers: lower case, digits and hyphens. */
  name: string
  max: number
  /** Up to a day: older windows are forgotten. */
  windowSeconds: number
}

/** The variable that says how many uses a limit allows, for a service's configuration schema. */
export function LimitVariable(fallback: number, description: string) {
  return Type.Integer({ minimum: 1, default: fallback, description })
}

/** A limit as configured: `limitFrom(config, 'LIMIT_INVITATIONS_PER_HOUR', …)`; null when limits are off. */
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

/** For people: "10 per hour", "10 per 15 minutes". */
export function describeLimit({ max, windowSeconds }: Limit): string {
  const [seconds, name] = units.find(([unit]) => windowSeconds % unit === 0) ?? [1, 'second']
  const count = windowSeconds / seconds
  return count === 1 ? `${max} per ${name}` : `${max} per ${count} ${name}s`
}
