import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { errorCode, firstLine, LaunchError } from './launch-error.ts'
import { identify, isAlive, type ProcessIdentity } from './process-identity.ts'
import { watchdogPid } from './watchdog.ts'

/** A data folder that belongs to this process until it is released. */
export interface DataFolder {
  path: string
  release(): void
}

interface Holder {
  launcher: ProcessIdentity
  /** Stops what a killed launcher left running: until it has ended, the folder may still be in use. */
  watchdog: ProcessIdentity
}

const cleanUpWithinMs = 20_000

/** Makes the folder if it isn't there and takes it for this process alone. */
export async function openDataFolder(folder: string): Promise<DataFolder> {
  const path = resolve(folder)
  try {
    // Others may pass (Postgres runs as another user when root starts it) but not look; secrets have their own modes.
    mkdirSync(path, { recursive: true, mode: 0o711 })
    const lock = join(path, 'lock.json')
    await takeLock(lock, path)
    return { path, release: () => rmSync(lock, { force: true }) }
  } catch (error) {
    if (error instanceof LaunchError) throw error
    throw new LaunchError(`cannot use the data folder ${path}: ${firstLine(error)}`)
  }
}

/** Whether a live process has taken the folder. */
export function isHeld(path: string): boolean {
  const holder = readHolder(join(path, 'lock.json'))
  return holder !== undefined && isAlive(holder.launcher)
}

async function takeLock(lock: string, folder: string): Promise<void> {
  const holder: Holder = { launcher: self(process.pid), watchdog: self(watchdogPid()) }
  for (;;) {
    if (create(lock, holder)) return
    const other = readHolder(lock)
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

function create(lock: string, holder: Holder): boolean {
  try {
    writeFileSync(lock, JSON.stringify(holder), { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw error
  }
}

function readHolder(lock: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(lock, 'utf8'))
    return isHolder(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isHolder(value: unknown): value is Holder {
  const isIdentity = (part: unknown) =>
    isRecord(part) && typeof part.pid === 'number' && typeof part.startedAt === 'string'
  return isRecord(value) && isIdentity(value.launcher) && isIdentity(value.watchdog)
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
  if (!identity) throw new LaunchError(`cannot tell when process ${pid} was started`)
  return identity
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
