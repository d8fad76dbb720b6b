import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type Static, Type } from 'typebox'
import { errorCode, firstLine, LaunchError } from './launch-error.ts'
import { readJson } from './read-json.ts'
import { watchdogPid } from './watchdog.ts'

/** A data folder that belongs to this process until it is released. */
export interface DataFolder {
  path: string
  release(): void
}

const processIdentity = Type.Object({
  pid: Type.Number(),
  /** When it was started, in the system's own format: numbers of ended processes are reused. */
  startedAt: Type.String()
})

/** A process that can be recognised again. */
export type ProcessIdentity = Static<typeof processIdentity>

const lockHolder = Type.Object({
  launcher: processIdentity,
  /** Stops what a killed launcher leaves running; until it has ended, the folder may be in use. */
  watchdog: processIdentity
})

const runningParts = Type.Object({
  /** With the login of the system's operators. */
  natsUrl: Type.String(),
  /** With the login of other teams' services. */
  subscriberUrl: Type.String()
})

/** The URLs of a running system's NATS. */
export type RunningParts = Static<typeof runningParts>

const cleanUpWithinMs = 20_000

/** Creates the folder if it is missing and takes it for this process alone. */
export async function openDataFolder(folder: string): Promise<DataFolder> {
  const path = resolve(folder)
  try {
    // Other users may pass through (Postgres runs as one when root starts it) but not list; secrets have their own modes.
    mkdirSync(path, { recursive: true, mode: 0o711 })
    const lock = join(path, 'lock.json')
    await takeLock(lock, path)
    return { path, release: () => rmSync(lock, { force: true }) }
  } catch (error) {
    if (error instanceof LaunchError) throw error
    throw new LaunchError(`cannot use the data folder ${path}: ${firstLine(error)}`)
  }
}

/** Whether a running process has taken the folder. */
function isHeld(path: string): boolean {
  const holder = readJson(join(path, 'lock.json'), lockHolder)
  return holder !== undefined && isAlive(holder.launcher)
}

async function takeLock(lock: string, folder: string): Promise<void> {
  const holder = { launcher: self(process.pid), watchdog: self(watchdogPid()) }
  for (;;) {
    if (create(lock, holder)) return
    const other = readJson(lock, lockHolder)
    if (other && isAlive(other.launcher)) throw inUse(folder, other.launcher.pid)
    if (other) await untilGone(other.watchdog, folder)
    // Moved away rather than removed: of two that find the same leftover only one succeeds.
    const leftover = `${lock}.${process.pid}`
    try {
      renameSync(lock, leftover)
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error
    }
    rmSync(leftover, { force: true })
  }
}

function create(lock: string, holder: Static<typeof lockHolder>): boolean {
  try {
    writeFileSync(lock, JSON.stringify(holder), { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw error
  }
}

async function untilGone(watchdog: ProcessIdentity, folder: string): Promise<void> {
  const deadline = performance.now() + cleanUpWithinMs
  while (isAlive(watchdog)) {
    if (performance.now() > deadline) throw inUse(folder, watchdog.pid)
    await wait(50)
  }
}

function inUse(folder: string, pid: number): LaunchError {
  return new LaunchError(
    `the data folder ${folder} is in use by another instance (process ${pid}); set BELAY_DATA_DIR to another folder`
  )
}

function self(pid: number): ProcessIdentity {
  const identity = identify(pid)
  if (!identity) throw new LaunchError(`cannot find out when process ${pid} was started`)
  return identity
}

const fileIn = (folder: string) => join(folder, 'running.json')

/** Writes the URLs of this system's NATS for other commands of the same user; the returned function removes them. */
export function announceRunning(folder: string, parts: RunningParts): () => void {
  const file = fileIn(folder)
  // The URLs contain passwords, and a file that exists would keep its mode.
  rmSync(file, { force: true })
  writeFileSync(file, JSON.stringify(parts), { mode: 0o600 })
  return () => rmSync(file, { force: true })
}

/** Returns the URLs of the system on this data folder. Throws a {@link LaunchError} when none runs there. */
export function findRunning(dataDir: string): RunningParts {
  const folder = resolve(dataDir)
  const parts = isHeld(folder) ? readJson(fileIn(folder), runningParts) : undefined
  if (parts === undefined) throw new LaunchError(`no running system on the data folder ${folder}`)
  return parts
}

/** Returns the identity of a running process; undefined when there is none of that number. */
export function identify(pid: number): ProcessIdentity | undefined {
  const startedAt = process.platform === 'linux' ? startTimeOnLinux(pid) : startTimeByPs(pid)
  return startedAt === undefined ? undefined : { pid, startedAt }
}

/** Whether that very process still runs. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.startedAt === identity.startedAt
}

function startTimeOnLinux(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the program's name in brackets and may hold anything; the state comes after it.
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (state === 'Z' || state === 'X') return undefined
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return `${boot} ${fields[18]}`
  } catch {
    return undefined
  }
}

function startTimeByPs(pid: number): string | undefined {
  try {
    return (
      execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore']
      }).trim() || undefined
    )
  } catch {
    return undefined
  }
}
