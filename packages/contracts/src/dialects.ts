/** The four front doors, each with its own way of saying no. */
export type Dialect = 'send-buddy' | 'wingman' | 'shua' | 'vibesmatch'

/**
 * Which front door a path belongs to. Identity under `/auth` answers as Shua does; everything that no other
 * front door claims (administration, notifications, unknown paths) answers as Send Buddy does.
 */
export function dialectOf(path: string): Dialect {
  if (/^\/api\/v\d+(\/|$)/.test(path) || /^\/socket\.io(\/|$)/.test(path)) return 'vibesmatch'
  if (/^\/api\/(session|challenges|user)(\/|\?|$)/.test(path)) return 'wingman'
  if (/^\/(events|requests|threads|tags|auth|users)(\/|\?|$)/.test(path)) return 'shua'
  return 'send-buddy'
}

/** The HTTP status of invalid input per front door. */
export const invalidInputStatus: Readonly<Record<Dialect, 400 | 422>> = Object.freeze({
  'send-buddy': 400,
  wingman: 422,
  shua: 422,
  vibesmatch: 400
})
