import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { isHeld } from './data-folder.ts'
import { LaunchError } from './launch-error.ts'

/** Where the parts of a running system are. */
export interface RunningParts {
  /** By which those who run the system reach its NATS. */
  natsUrl: string
  /** By which the services of other teams do. */
  subscriberUrl: string
}

const fileIn = (folder: string) => join(folder, 'running.json')

/** Writes down where this system's parts are, for other commands of the same person; the return value withdraws it. */
export function announceRunning(folder: string, { natsUrl, subscriberUrl }: RunningParts): () => void {
  const file = fileIn(folder)
  // The URLs hold passwords: never readable by others, whatever lay here before.
  rmSync(file, { force: true })
  writeFileSync(file, JSON.stringify({ nats_url: natsUrl, subscriber_url: subscriberUrl }), { mode: 0o600 })
  return () => rmSync(file, { force: true })
}

/** Where the parts of the system on this data folder are. Throws a {@link LaunchError} when none runs there. */
export function findRunning(dataDir: string): RunningParts {
  const folder = resolve(dataDir)
  const parts = isHeld(folder) ? readParts(fileIn(folder)) : undefined
  if (parts === undefined) throw new LaunchError(`no running system on the data folder ${folder}`)
  return parts
}

function readParts(file: string): RunningParts | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof value !== 'object' || value === null) return undefined
    const { nats_url: natsUrl, subscriber_url: subscriberUrl }: Record<string, unknown> = { ...value }
    if (typeof natsUrl !== 'string' || typeof subscriberUrl !== 'string') return undefined
    return { natsUrl, subscriberUrl }
  } catch {
    return undefined
  }
}
