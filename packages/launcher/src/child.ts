import { type ChildProcess, spawn } from 'node:child_process'
import { ChildFailed, type ChildSpec, StartAborted } from './child-spec.ts'
import { LaunchError } from './launch-error.ts'
import { readLines } from './log.ts'
import { unwatch, watch } from './watchdog.ts'

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
const lastWordsWithinMs = 500

/** Starts the process and resolves once it is ready; rejects when it ends, takes too long or is aborted before that. */
export async function startChild(spec: ChildSpec, aborted: AbortSignal): Promise<Child> {
  if (aborted.aborted) throw new StartAborted()
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
  await untilReady(spec, child, readyLine, aborted)
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
    process.once('exit', (code, signal) => {
      const how = signal ? `${name} was ended by ${signal}` : `${name} ended with code ${code}`
      // Its last words come before "close", which a grandchild that still holds the pipe could put off for long.
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
  aborted: AbortSignal
): Promise<void> {
  const over = new AbortController()
  const ended = child.exited.then((how) => {
    throw new ChildFailed(`${how}${lastWords(child.lastLines)}`, child.lastLines)
  })
  const ready = spec.ready instanceof RegExp ? readyLine : spec.ready(over.signal)
  const limits = [rejectAfter(spec, over.signal), rejectOn(aborted, over.signal)]
  for (const promise of [ended, ready, ...limits]) promise.catch(() => undefined)
  try {
    await Promise.race([ready, ended, ...limits])
  } catch (error) {
    await stopChild(child, spec)
    throw error
  } finally {
    over.abort()
  }
}

function rejectAfter(spec: ChildSpec, over: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const seconds = spec.readyWithinMs / 1000
    const late = () =>
      reject(new LaunchError(`${spec.name} was not ready within ${seconds} s${spec.whyNotReady?.() ?? ''}`))
    const timer = setTimeout(late, spec.readyWithinMs)
    over.addEventListener('abort', () => clearTimeout(timer))
  })
}

function rejectOn(aborted: AbortSignal, over: AbortSignal): Promise<never> {
  return new Promise((_, reject) =>
    aborted.addEventListener('abort', () => reject(new StartAborted()), { signal: over })
  )
}

/** What it said last; of a stack trace the line that names the error. */
function lastWords(lines: readonly string[]): string {
  const last = lines.findLast((line) => /^\w*Error\b.*:/.test(line)) ?? lines.at(-1)
  return last === undefined ? '' : `: ${messageOf(last)}`
}

/** A line of a JSON log says it in its `msg`. */
function messageOf(line: string): string {
  try {
    const entry: unknown = JSON.parse(line)
    if (typeof entry === 'object' && entry !== null && 'msg' in entry && typeof entry.msg === 'string') return entry.msg
  } catch {
    // Plain words.
  }
  return line
}
