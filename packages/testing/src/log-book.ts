import type { Log } from '@belay/launcher'

/** The last lines that the processes of a test wrote. */
export interface LogBook {
  log: Log
  /** Every kept line, oldest first, each with its writer's name. */
  text(): string
  /** The kept lines of one writer. */
  linesOf(source: string): string[]
}

/** Keeps the last `limit` lines in memory: they are worth reading only when a test fails. */
export function createLogBook(limit = 2_000): LogBook {
  let entries: { source: string; line: string }[] = []
  return {
    log(source, line) {
      entries.push({ source, line })
      if (entries.length > limit * 2) entries = entries.slice(-limit)
    },
    text: () =>
      entries
        .slice(-limit)
        .map(({ source, line }) => `${source} | ${line}`)
        .join('\n'),
    linesOf: (source) => entries.filter((entry) => entry.source === source).map((entry) => entry.line)
  }
}
