import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { LaunchError } from './launch-error.ts'
import type { Log } from './log.ts'
import { watch } from './watchdog.ts'

/** What all processes of a system share. */
export interface RunOptions {
  /** Restart a process that dies. Defaults to false. */
  supervise?: boolean
  /** The descriptor of a lock that each process inherits: it is held until the last of them has ended. */
  lock?: number | undefined
  /** Aborts a start. */
  aborted?: AbortSignal | undefined
  log: Log
}

/** What to run, and how to recognise that it is ready. */
export interface ChildSpec {
  /** Shown before its log lines and in errors. */
  name: string
  command: string
  args: string[]
  env: NodeJS.ProcessEnv
  cwd: string
  /** Run as another user (only root can). */
  user?: { uid: number; gid: number } | undefined
  /** Writes the files that it reads; called before each start. */
  prepare?: () => void
  /** Opens what the child inherits as descriptor 3; called at each start, closed right after it. */
  openFile?: (() => number) | undefined
  stopSignal: NodeJS.Signals
  /** Milliseconds between `stopSignal` and SIGKILL. */
  stopWithinMs: number
  /** Milliseconds a start may take until it is ready. */
  readyWithinMs: number
  /** A line of its output that appears once it is ready, or a probe that resolves then. */
  ready: RegExp | ((aborted: AbortSignal) => Promise<void>)
  /** Added to the error of a start that took too long, `: …`. */
  whyNotReady?: () => string
  /** A failed start whose output matches is retried for 10 s. */
  tryAgainOn?: RegExp
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
  /** Resolves with a description of how it ended. */
  exited: Promise<string>
  /** The last lines it wrote, oldest first. */
  lastLines: readonly string[]
  kill(signal: NodeJS.Signals): void
}

const rememberedLines = 30
const lastWordsWithinMs = 500

/** Starts the process and resolves once it is ready; rejects when it ends, takes too long or is aborted before that. */
export async function startChild(spec: ChildSpec, { lock, aborted, log }: RunOptions): Promise<Child> {
  if (aborted?.aborted) throw startAborted()
  const lastLines: string[] = []
  const { promise: readyLine, resolve: onReadyLine } = Promise.withResolvers<void>()
  const process = spawnProcess(spec, lock)
  const ended = endOf(process, spec.name)
  const take = (line: string) => {
    lastLines.push(line)
    if (lastLines.length > rememberedLines) lastLines.shift()
    if (spec.ready instanceof RegExp && spec.ready.test(line)) onReadyLine()
    log(spec.name, line)
  }
  if (process.stdout) readLines(process.stdout, take)
  if (process.stderr) readLines(process.stderr, take)
  const { pid } = process
  if (pid === undefined) throw new LaunchError(await ended)
  const unwatch = watch(pid, spec.stopSignal)
  const exited = ended.finally(unwatch)
  const child: Child = { pid, exited, lastLines, kill: (signal) => void process.kill(signal) }
  await untilReady(spec, child, readyLine, aborted)
  return child
}

/** Sends the stop signal, and SIGKILL after `stopWithinMs`; resolves once the child has ended. */
export async function stopChild(child: Child, spec: ChildSpec): Promise<void> {
  child.kill(spec.stopSignal)
  const timer = setTimeout(() => child.kill('SIGKILL'), spec.stopWithinMs)
  await child.exited
  clearTimeout(timer)
}

function spawnProcess(spec: ChildSpec, lock: number | undefined): ChildProcess {
  spec.prepare?.()
  const file = spec.openFile?.()
  try {
    return spawn(spec.command, spec.args, {
      cwd: spec.cwd,
      env: spec.env,
      stdio: ['ignore', 'pipe', 'pipe', ...[file, lock].filter((descriptor) => descriptor !== undefined)],
      // A session of its own: Ctrl-C in a terminal reaches the launcher alone, which stops everything in order.
      detached: true,
      ...spec.user
    })
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

function endOf(process: ChildProcess, name: string): Promise<string> {
  return new Promise((resolve) => {
    process.once('error', (error) => resolve(`${name} cannot be started: ${error.message}`))
    process.once('exit', (code, signal) => {
      const how = signal ? `${name} was ended by ${signal}` : `${name} ended with code ${code}`
      // Its last lines arrive before "close", which a grandchild that still holds the pipe can delay for long.
      const timer = setTimeout(resolve, lastWordsWithinMs, how)
      process.once('close', () => {
        clearTimeout(timer)
        resolve(how)
      })
    })
  })
}

async function untilReady(
  spec: ChildSpec,
  child: Child,
  readyLine: Promise<void>,
  aborted: AbortSignal | undefined
): Promise<void> {
  const over = new AbortController()
  const late = AbortSignal.timeout(spec.readyWithinMs)
  const signal = AbortSignal.any([over.signal, late, ...(aborted ? [aborted] : [])])
  const ended = child.exited.then((how) => {
    throw new ChildFailed(`${how}${lastWords(child.lastLines)}`, child.lastLines)
  })
  const ready = spec.ready instanceof RegExp ? readyLine : spec.ready(signal)
  const givenUp = new Promise<never>((_, reject) =>
    signal.addEventListener('abort', () => reject(late.aborted ? tooLate(spec) : startAborted()))
  )
  for (const promise of [ended, ready, givenUp]) promise.catch(() => undefined)
  try {
    await Promise.race([ended, givenUp, ready])
  } catch (error) {
    await stopChild(child, spec)
    throw error
  } finally {
    over.abort()
  }
}

function tooLate({ name, readyWithinMs, whyNotReady }: ChildSpec): LaunchError {
  return new LaunchError(`${name} was not ready within ${readyWithinMs / 1000} s${whyNotReady?.() ?? ''}`)
}

function startAborted(): LaunchError {
  return new LaunchError('stopped while starting')
}

/** Its last line of output; of a stack trace the line that names the error. */
function lastWords(lines: readonly string[]): string {
  const last = lines.findLast((line) => /^\w*Error\b.*:/.test(line)) ?? lines.at(-1)
  return last === undefined ? '' : `: ${messageOf(last)}`
}

/** The `msg` of a JSON log line, or the line itself. */
function messageOf(line: string): string {
  try {
    const entry: unknown = JSON.parse(line)
    if (typeof entry === 'object' && entry !== null && 'msg' in entry && typeof entry.msg === 'string') return entry.msg
  } catch {
    // Not JSON.
  }
  return line
}

const longestLine = 64 * 1024

/** Passes on each full line of a stream. A line is cut at 64 KiB, so that no child can fill memory. */
function readLines(stream: Readable, onLine: (line: string) => void): void {
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
