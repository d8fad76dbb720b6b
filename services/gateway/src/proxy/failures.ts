const neverSent: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT'
])

const broken: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'UND_ERR_SOCKET'])

/** Whether no connection came about: the other side knows nothing of the request. */
export function isNeverSent(error: unknown): boolean {
  return neverSent.has(codeOf(error))
}

/** Whether a connection broke: the other side may or may not have acted on the request. */
export function isBroken(error: unknown): boolean {
  return broken.has(codeOf(error))
}

/** Whether the request itself cannot be put into words of HTTP. */
export function isMalformed(error: unknown): boolean {
  return codeOf(error) === 'UND_ERR_INVALID_ARG'
}

/** The code of a system's or a library's error, also of one inside another; empty without one. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  if ('code' in error && typeof error.code === 'string') return error.code
  return codeOf(error.cause)
}
