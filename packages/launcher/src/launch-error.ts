/** A start that fails for a reason the reader can fix. `message` is one line, shown without a stack. */
export class LaunchError extends Error {
  override name = 'LaunchError'
}

/** Returns the first line of an error's message. */
export function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.split('\n', 1)[0] ?? ''
}

/** Returns the `code` of a system error such as `EADDRINUSE`, if it has one. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** Returns the error of a data folder that exists but cannot be used. */
export function damaged(folder: string, what: string): LaunchError {
  return new LaunchError(
    `the data folder is damaged: ${what} (${folder}); restore it from a backup, or move it away to start with a new one`
  )
}
