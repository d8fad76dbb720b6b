import { prettyFactory } from 'pino-pretty'
import type { Log } from './log.ts'
import { serviceNames } from './service-list.ts'

/** How the merged log looks. */
export interface LogMergeOptions {
  /** `pretty` for people; `json` passes the services' lines on as they are. */
  format: 'pretty' | 'json'
  colour: boolean
  /** Show all that Postgres and NATS say, not only their warnings and errors. */
  verbose: boolean
  write(text: string): void
}

const colours = [36, 33, 32, 35, 34, 96, 93, 92]
const width = Math.max(...serviceNames.map((name) => name.length)) + 2

// What these two say at every start is of interest only when something is wrong with them.
const chatter: Readonly<Record<string, RegExp>> = {
  postgres: /^\S*(LOG|STATEMENT|HINT):/,
  // The passwords are random, and in a file that only its owner can read.
  nats: /\[(INF|DBG|TRC)\]|Plaintext passwords detected/
}

/**
 * One log of many processes: each line after its writer's name, JSON lines of pino in words. Lines of one turn of the
 * event loop are written at once, so that a busy system is not slowed by its log.
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
    if (!options.verbose && chatter[source]?.test(line)) return
    if (options.format === 'json' && line.startsWith('{')) return write(`${line}\n`)
    const words = line.startsWith('{') ? pretty(line) : `${line}\n`
    write(prefixOf(source) + words)
  }
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
