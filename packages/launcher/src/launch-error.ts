/** A start that cannot work for a reason the reader can mend. `message` is one clear line, shown without a stack. */
export class LaunchError extends Error {
  override name = 'LaunchError'
}

/** The first line of what went wrong, for a sentence of our own. */
export function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.split('\n', 1)[0] ?? ''
}

/** The `code` of a system error such as `EADDRINUSE`, if it has one. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
