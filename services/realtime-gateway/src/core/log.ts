import type { Logger } from 'pino'

/** What the core writes to the log. Ids only: never tokens, never what people wrote. */
export type Log = Pick<Logger, 'debug' | 'warn' | 'error'>
