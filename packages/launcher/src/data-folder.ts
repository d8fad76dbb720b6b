import { tryLock } from 'fs-native-extensions'
import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type Static, type TSchema, Type } from 'typebox'
import { Value } from 'typebox/value'
import { errorCode, firstLine, LaunchError } from './launch-error.ts'

/** A data folder that belongs to this process and its children until it is released and they have ended. */
export interface DataFolder {
  path: string
  /** The descriptor of its lock. The kernel keeps it locked while any process has inherited it. */
  lock: number
  release(): void
}

const lockHolder = Type.Object({ pid: Type.Number() })

const runningParts = Type.Object({
  /** With the login of the system's operators. */
  natsUrl: Type.String(),
  /** With the login of other teams' services. */
  subscriberUrl: Type.String()
})

/** The URLs of a running system's NATS. */
export type RunningParts = Static<typeof runningParts>

const lockIn = (folder: string) => join(folder, 'lock.json')
const cleanUpWithinMs = 20_000

/** Creates the folder if it is missing and takes it for this process alone. */
export async function openDataFolder(folder: string): Promise<DataFolder> {
  const path = resolve(folder)
  try {
    // Other users may pass through (Postgres runs as one when root starts it) but not list; secrets have their own modes.
    mkdirSync(path, { recursive: true, mode: 0o711 })
    const lock = openSync(lockIn(path), 'a+', 0o600)
    const release = () => closeSync(lock)
    await takeLock(lock, path).catch((error: unknown) => {
      release()
      throw error
    })
    return { path, lock, release }
  } catch (error) {
    if (error instanceof LaunchError) throw error
    throw new LaunchError(`cannot use the data folder ${path}: ${firstLine(error)}`)
  }
}

/** Waits for processes that a killed launcher left, which end by themselves. */
async function takeLock(lock: number, folder: string): Promise<void> {
  const deadline = performance.now() + cleanUpWithinMs
  while (!tryLock(lock)) {
    const pid = readJson(lockIn(folder), lockHolder)?.pid
    if ((pid !== undefined && isRunning(pid)) || performance.now() > deadline) {
      throw new LaunchError(
        `the data folder ${folder} is in use by another instance (process ${pid}); set BELAY_DATA_DIR to another folder`
      )
    }
    await wait(50)
  }
  ftruncateSync(lock)
  writeSync(lock, JSON.stringify({ pid: process.pid }))
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return errorCode(error) === 'EPERM'
  }
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
  const parts = isInUse(folder) ? readJson(fileIn(folder), runningParts) : undefined
  if (parts === undefined) throw new LaunchError(`no running system on the data folder ${folder}`)
  return parts
}

function isInUse(folder: string): boolean {
  try {
    const lock = openSync(lockIn(folder), 'r')
    try {
      return !tryLock(lock, { shared: true })
    } finally {
      closeSync(lock)
    }
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false
    throw error
  }
}

/** Returns the JSON in a file; undefined when there is none or it does not match the schema. */
export function readJson<Schema extends TSchema>(file: string, schema: Schema): Static<Schema> | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return Value.Check(schema, value) ? value : undefined
  } catch {
    return undefined
  }
}
