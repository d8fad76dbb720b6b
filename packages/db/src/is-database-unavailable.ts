/** Node's codes for a host or port that cannot be reached, or a connection that broke. */
const socketCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN'
])

/**
 * SQLSTATEs that mean "not now" for any statement: connection exceptions (08), insufficient resources (53:
 * disk full, out of memory, too many connections), operator intervention (57: shutdown, crash, cannot connect now,
 * statement timeout), a session ended for idling, a server that became read-only, a failing disk.
 */
const notNow = /^(08...|53...|57P0.|57014|25006|25P03|58030)$/

/** Messages of pg, its pool and Kysely that come without a code; a new connection cures each of them. */
const messages = [
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'connection error and is not queryable',
  'Client was closed and is not queryable',
  'Query read timeout',
  'cached plan must not change result type',
  'Cannot use a pool after calling end',
  'driver has already been destroyed'
]

/**
 * Whether an error means that the database cannot serve requests at the moment, as opposed to refusing this statement: the
 * caller responds with 503 and may retry. Looks through `cause` and through the parts of an AggregateError.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  return seems(error, 0)
}

function seems(error: unknown, depth: number): boolean {
  if (!(error instanceof Error) || depth > 4) return false
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (socketCodes.has(code) || notNow.test(code)) return true
  if (messages.some((message) => error.message.includes(message))) return true
  if (error instanceof AggregateError && error.errors.some((part) => seems(part, depth + 1))) return true
  return seems(error.cause, depth + 1)
}
