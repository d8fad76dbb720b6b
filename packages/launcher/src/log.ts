import type { Readable } from 'node:stream'

/** Takes one line (without its line end) that `source`, such as `postgres` or `chat`, wrote. */
export type Log = (source: string, line: string) => void

const longestLine = 64 * 1024

/** Hands each full line of a stream on; a line beyond 64 KiB is cut there, so that a wild child cannot fill memory. */
export function readLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = (lines.pop() ?? '').slice(0, longestLine)
    for (const line of lines) if (line !== '') onLine(line)
  })
  stream.on('end', () => {
    if (rest !== '') onLine(rest)
  })
  stream.on('error', () => undefined)
}
