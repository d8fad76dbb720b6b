import type { FastifyBaseLogger } from 'fastify'
import type { Bindings, ChildLoggerOptions, LogFn } from 'pino'

type Line = Parameters<LogFn>

/**
 * The logger of one request. Most requests log nothing, and making a child of a logger that removes secrets costs as much as
 * finding the route: it is made at the first line.
 */
export class RequestLogger implements FastifyBaseLogger {
  readonly #parent: FastifyBaseLogger
  readonly #bindings: Bindings
  readonly #options: ChildLoggerOptions
  #made: FastifyBaseLogger | undefined

  constructor(parent: FastifyBaseLogger, bindings: Bindings, options: ChildLoggerOptions) {
    this.#parent = parent
    this.#bindings = bindings
    this.#options = options
  }

  get level(): string {
    return this.#parent.level
  }

  fatal(...line: Line): void {
    this.#child.fatal(...line)
  }

  error(...line: Line): void {
    this.#child.error(...line)
  }

  warn(...line: Line): void {
    this.#child.warn(...line)
  }

  info(...line: Line): void {
    this.#child.info(...line)
  }

  debug(...line: Line): void {
    this.#child.debug(...line)
  }

  trace(...line: Line): void {
    this.#child.trace(...line)
  }

  silent(...line: Line): void {
    this.#child.silent(...line)
  }

  child(bindings: Bindings, options?: ChildLoggerOptions): FastifyBaseLogger {
    return this.#child.child(bindings, options)
  }

  get #child(): FastifyBaseLogger {
    return (this.#made ??= this.#parent.child(this.#bindings, this.#options))
  }
}
