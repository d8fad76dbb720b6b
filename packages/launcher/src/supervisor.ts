import { setTimeout as wait } from 'node:timers/promises'
import { type Child, ChildFailed, type ChildSpec, type RunOptions, startChild, stopChild } from './child.ts'
import { firstLine } from './launch-error.ts'

/** A running process that can be killed, restarted and stopped. */
export interface RunningServer {
  /** Undefined while it is down. */
  readonly pid: number | undefined
  /** Sends the signal; resolves when the process has ended, if the signal is one that ends processes. */
  kill(signal?: NodeJS.Signals): Promise<void>
  /** Stops it if it runs and restarts it on the same port; resolves once it is ready. */
  restart(): Promise<void>
  /** Stops it for good. */
  stop(): Promise<void>
}

const firstDelayMs = 100
/** A dependency that comes back must find its dependents running again within seconds. */
const longestDelayMs = 2_000
/** A process that was ready for so long was healthy: after its next exit it restarts at once. */
const healthyAfterMs = 5_000
/** How long {@link RunningServer.restart} retries: after SIGKILL, old backends of Postgres may hold shared memory for a while. */
const restartWithinMs = 30_000
const tryFirstMs = 10_000
/** A restarted process may have to wait for a server that stays away for long. */
const patienceMs = 24 * 60 * 60 * 1_000
const ending: readonly NodeJS.Signals[] = ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP']

/**
 * Starts a process. With `supervise` a process that dies is restarted with a growing delay, for as long as it takes.
 * Rejects when the first start fails, with nothing left running.
 */
export async function startSupervised(spec: ChildSpec, run: RunOptions): Promise<RunningServer> {
  const server = new SupervisedServer(spec, run)
  await server.startFirst()
  return server
}

class SupervisedServer implements RunningServer {
  readonly #spec: ChildSpec
  readonly #run: RunOptions
  readonly #stopping = new AbortController()
  readonly #aborted: AbortSignal
  #child: Child | undefined
  #starting: Promise<void> | undefined
  #reviving: Promise<void> | undefined
  #restarting = false
  #delayMs = firstDelayMs

  constructor(spec: ChildSpec, run: RunOptions) {
    this.#spec = spec
    this.#run = run
    this.#aborted = run.aborted ? AbortSignal.any([run.aborted, this.#stopping.signal]) : this.#stopping.signal
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** The first start: fails at once, except for errors that the spec lists as passing. */
  startFirst(): Promise<void> {
    const { tryAgainOn } = this.#spec
    const passing = (error: unknown) =>
      error instanceof ChildFailed && error.lines.some((line) => tryAgainOn?.test(line))
    return this.#startWithin(tryFirstMs, passing)
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child
    if (!child) return
    child.kill(signal)
    if (ending.includes(signal)) await child.exited
  }

  async restart(): Promise<void> {
    this.#restarting = true
    try {
      await this.#reviving
      if (this.#child) await stopChild(this.#child, this.#spec)
      await this.#startWithin(restartWithinMs, () => true)
    } finally {
      this.#restarting = false
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#reviving
    await this.#starting?.catch(() => undefined)
    if (this.#child) await stopChild(this.#child, this.#spec)
  }

  #start(spec: ChildSpec): Promise<void> {
    this.#starting = this.#startOnce(spec).finally(() => (this.#starting = undefined))
    return this.#starting
  }

  async #startOnce(spec: ChildSpec): Promise<void> {
    const child = await startChild(spec, { ...this.#run, aborted: this.#aborted })
    const startedAt = performance.now()
    this.#child = child
    void child.exited.then((how) => {
      this.#child = undefined
      if (performance.now() - startedAt > healthyAfterMs) this.#delayMs = firstDelayMs
      if (this.#aborted.aborted || this.#restarting) return
      const { supervise, log } = this.#run
      log('belay', supervise ? `${how}; starting it again` : how)
      if (!supervise) return
      this.#reviving ??= this.#revive().finally(() => (this.#reviving = undefined))
    })
  }

  async #revive(): Promise<void> {
    while (!this.#aborted.aborted && !this.#restarting && !this.#child) {
      await this.#pause(this.#delayMs)
      this.#delayMs = Math.min(this.#delayMs * 2, longestDelayMs)
      if (this.#aborted.aborted) return
      await this.#start({ ...this.#spec, readyWithinMs: patienceMs }).catch((error: unknown) =>
        this.#run.log('belay', firstLine(error))
      )
    }
  }

  /** Cut short when everything is to stop. */
  #pause(milliseconds: number): Promise<void> {
    return wait(milliseconds, undefined, { signal: this.#aborted }).catch(() => undefined)
  }

  async #startWithin(milliseconds: number, mayPass: (error: unknown) => boolean): Promise<void> {
    const deadline = performance.now() + milliseconds
    for (let delay = 50; ; delay = Math.min(delay * 2, 1_000)) {
      try {
        return await this.#start(this.#spec)
      } catch (error) {
        if (!mayPass(error) || performance.now() > deadline || this.#aborted.aborted) throw error
        await this.#pause(delay)
      }
    }
  }
}
