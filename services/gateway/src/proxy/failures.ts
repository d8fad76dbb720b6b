const neverSent: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT'
])

const broken: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'UND_ERR_SOCKET'])

/** Returns whether no connection was established: the other side never got the request. */
export function isNeverSent(error: unknown): boolean {
  return neverSent.has(codeOf(error))
}

/** Returns whether a connection broke: the other side may or may not have acted on the request. */
export function isBroken(error: unknown): boolean {
  return broken.has(codeOf(error))
}

/** Returns whether the request itself cannot be written as HTTP. */
export function isMalformed(error: unknown): boolean {
  return codeOf(error) === 'UND_ERR_INVALID_ARG'
}

/** Returns the code of a system or library error, also of a nested one; empty without one. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  if ('code' in error && typeof error.code === 'string') return error.code
  return codeOf(error.cause)
}
