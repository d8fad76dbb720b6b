/** The part of a pino logger that this package uses. */
export interface Log {
  debug(details: object, message: string): void
  info(details: object, message: string): void
  warn(details: object, message: string): void
  error(details: object, message: string): void
}

/** Where the time of an event comes from. */
export interface Clock {
  now(): Date
}
