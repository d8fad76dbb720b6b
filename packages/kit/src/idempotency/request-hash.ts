import { createHash } from 'node:crypto'

/** The same for the same call, however its JSON was laid out. */
export function requestHash(call: { route: string; query: string; body: unknown }): string {
  return createHash('sha256')
    .update(`${call.route}?${call.query}\n${canonical(call.body)}`)
    .digest('base64url')
}

/** JSON with the members of every object in one order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (isObject(inner) ? sorted(inner) : inner)) ?? ''
}

function sorted(value: object): object {
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
