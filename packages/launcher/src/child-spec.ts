import { LaunchError } from './launch-error.ts'
import type { Log } from './log.ts'

/** What to run and how to see that it serves. */
export interface ChildSpec {
  /** Shown before its log lines and in errors. */
  name: string
  command: string
  args: string[]
  env: NodeJS.ProcessEnv
  cwd: string
  /** Run as another user (only root can). */
  user?: { uid: number; gid: number } | undefined
  /** Opens what the child inherits from descriptor 3 on; called at each start, closed right after it. */
  openFiles?: () => { descriptors: number[]; close(): void }
  stopSignal: NodeJS.Signals
  /** Milliseconds between `stopSignal` and SIGKILL. */
  stopWithinMs: number
  /** Milliseconds a start may take until it is ready. */
  readyWithinMs: number
  /** A line of its output that means it serves, or a probe that resolves once it does. */
  ready: RegExp | ((aborted: AbortSignal) => Promise<void>)
  /** Added to the error of a start that took too long, `: …`. */
  whyNotReady?: () => string
  /** A failed start whose output matches is tried again for some seconds. */
  tryAgainOn?: RegExp
  /** Gives a start up. */
  aborted?: AbortSignal | undefined
  log: Log
}

/** The process ended before it was ready. */
export class ChildFailed extends LaunchError {
  /** Its last lines. */
  readonly lines: readonly string[]

  constructor(message: string, lines: readonly string[]) {
    super(message)
    this.lines = lines
  }
}

/** The start was given up because everything is to stop. */
export class StartAborted extends LaunchError {
  constructor() {
    super('stopped while starting')
  }
}
