import { prettyFactory } from 'pino-pretty'
import { serviceNames } from './workspace.ts'

/** Takes one line (without its line end) that `source`, such as `postgres` or `chat`, wrote. */
export type Log = (source: string, line: string) => void

/** The process of several services: each of its lines names the service that wrote it. */
export const sharedProcess = 'services'

/** How the merged log looks. */
export interface LogMergeOptions {
  /** `pretty` for people; `json` passes the services' lines on as they are. */
  format: 'pretty' | 'json'
  colour: boolean
  /** Show every line of Postgres and NATS, not only warnings and errors. */
  verbose: boolean
  write(text: string): void
}

const colours = [36, 33, 32, 35, 34, 96, 93, 92]
const width = Math.max(...serviceNames.map((name) => name.length)) + 2

// Lines that these two write at every start, which matter only when something is wrong.
const routineLines: Readonly<Record<string, RegExp>> = {
  postgres: /^\S*(LOG|STATEMENT|HINT):/,
  // The passwords are random, and in a file that only its owner can read.
  nats: /\[(INF|DBG|TRC)\]|Plaintext passwords detected/
}

/**
 * Merges the logs of many processes: each line follows its writer's name, and pino's JSON becomes readable text. Lines of
 * one turn of the event loop are written at once, so that the log does not slow a busy system down.
 */
export function mergeLogs(options: LogMergeOptions): Log {
  const pretty = prettyFactory({
    colorize: options.colour,
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'pid,hostname,name,service',
    errorLikeObjectKeys: ['err', 'error']
  })
  const prefixes = new Map<string, string>()
  const prefixOf = (source: string) => {
    const known = prefixes.get(source) ?? prefix(source, prefixes.size, options.colour)
    prefixes.set(source, known)
    return known
  }
  const write = batched(options.write)
  return (source, line) => {
    if (!options.verbose && routineLines[source]?.test(line)) return
    if (options.format === 'json' && line.startsWith('{')) return write(`${line}\n`)
    const words = line.startsWith('{') ? pretty(line) : `${line}\n`
    write(prefixOf(source === sharedProcess ? (serviceOf(line) ?? source) : source) + words)
  }
}

function serviceOf(line: string): string | undefined {
  return /^\{"level":"\w+","time":"[^"]*","service":"([\w-]+)"/.exec(line)?.[1]
}

function prefix(source: string, index: number, colour: boolean): string {
  const name = source.padEnd(width)
  return colour ? `\u001B[${colours[index % colours.length]}m${name}\u001B[0m` : name
}

function batched(write: (text: string) => void): (text: string) => void {
  let pending: string[] = []
  return (text) => {
    pending.push(text)
    if (pending.length > 1) return
    setImmediate(() => {
      const all = pending.join('')
      pending = []
      write(all)
    })
  }
}
