import { type ChildProcess, spawn } from 'node:child_process'
import { LaunchError } from './launch-error.ts'
import { type Log, readLines } from './log.ts'
import { unwatch, watch } from './watchdog.ts'

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
  /** A failed start whose output matches is tried again for some seconds. */
  tryAgainOn?: RegExp
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

/** One run of a process. */
export interface Child {
  pid: number
  /** Resolves with words for how it ended. */
  exited: Promise<string>
  /** The last lines it wrote, oldest first. */
  lastLines: readonly string[]
  kill(signal: NodeJS.Signals): void
}

const rememberedLines = 30

/** Starts the process and resolves once it is ready; rejects when it ends or takes too long before that. */
export async function startChild(spec: ChildSpec): Promise<Child> {
  const lastLines: string[] = []
  let onReadyLine: () => void = () => undefined
  const readyLine = new Promise<void>((resolve) => (onReadyLine = resolve))
  const process = spawnProcess(spec)
  const exited = exitOf(process, spec.name)
  const take = (line: string) => {
    lastLines.push(line)
    if (lastLines.length > rememberedLines) lastLines.shift()
    if (spec.ready instanceof RegExp && spec.ready.test(line)) onReadyLine()
    spec.log(spec.name, line)
  }
  if (process.stdout) readLines(process.stdout, take)
  if (process.stderr) readLines(process.stderr, take)
  const pid = process.pid
  if (pid === undefined) throw new LaunchError(await exited)
  watch(pid, spec.stopSignal)
  void exited.then(() => unwatch(pid))
  const child: Child = { pid, exited, lastLines, kill: (signal) => void process.kill(signal) }
  await untilReady(spec, child, readyLine)
  return child
}

/** Asks the child to stop and kills it when it has not within `stopWithinMs`. */
export async function stopChild(child: Child, spec: ChildSpec): Promise<void> {
  child.kill(spec.stopSignal)
  const timer = setTimeout(() => child.kill('SIGKILL'), spec.stopWithinMs)
  await child.exited
  clearTimeout(timer)
}

function spawnProcess(spec: ChildSpec): ChildProcess {
  const files = spec.openFiles?.()
  try {
    return spawn(spec.command, spec.args, {
      cwd: spec.cwd,
      env: spec.env,
      stdio: ['ignore', 'pipe', 'pipe', ...(files?.descriptors ?? [])],
      // A session of its own: Ctrl-C in a terminal reaches the launcher alone, which stops everything in order.
      detached: true,
      ...spec.user
    })
  } finally {
    files?.close()
  }
}

function exitOf(process: ChildProcess, name: string): Promise<string> {
  return new Promise((resolve) => {
    process.once('error', (error) => resolve(`${name} cannot be started: ${error.message}`))
    // "close" comes after the last output was read, so that its last words are known by then.
    process.once('close', (code, signal) => resolve(signal ? `${name} was ended by ${signal}` : `${name} ended with code ${code}`))
  })
}

async function untilReady(spec: ChildSpec, child: Child, readyLine: Promise<void>): Promise<void> {
  const stop = new AbortController()
  const ended = child.exited.then((how) => {
    throw new ChildFailed(`${how}${lastWords(child.lastLines)}`, child.lastLines)
  })
  ended.catch(() => undefined)
  const timeout = setTimeout(() => stop.abort(), spec.readyWithinMs)
  const late = new Promise<never>((_, reject) => {
    stop.signal.addEventListener('abort', () =>
      reject(new LaunchError(`${spec.name} was not ready within ${spec.readyWithinMs / 1000} s`))
    )
  })
  const ready = spec.ready instanceof RegExp ? readyLine : spec.ready(stop.signal)
  try {
    await Promise.race([ready, ended, late])
  } catch (error) {
    await stopChild(child, spec)
    throw error
  } finally {
    clearTimeout(timeout)
    late.catch(() => undefined)
    ready.catch(() => undefined)
    stop.abort()
  }
}

function lastWords(lines: readonly string[]): string {
  const last = lines.at(-1)
  return last === undefined ? '' : `: ${last}`
}
