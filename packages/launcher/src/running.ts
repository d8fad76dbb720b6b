import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { isHeld } from './data-folder.ts'
import { LaunchError } from './launch-error.ts'

/** Where the parts of a running system are. */
export interface RunningParts {
  natsUrl: string
}

const fileIn = (folder: string) => join(folder, 'running.json')

/** Writes down where this system's parts are, for other commands of the same person; the return value withdraws it. */
export function announceRunning(folder: string, { natsUrl }: RunningParts): () => void {
  const file = fileIn(folder)
  // The URL of a NATS of one's own may hold a password: never readable by others, whatever lay here before.
  rmSync(file, { force: true })
  writeFileSync(file, JSON.stringify({ nats_url: natsUrl }), { mode: 0o600 })
  return () => rmSync(file, { force: true })
}

/** Where the parts of the system on this data folder are. Throws a {@link LaunchError} when none runs there. */
export function findRunning(dataDir: string): RunningParts {
  const folder = resolve(dataDir)
  const natsUrl = isHeld(folder) ? readNatsUrl(fileIn(folder)) : undefined
  if (natsUrl === undefined) throw new LaunchError(`no running system on the data folder ${folder}`)
  return { natsUrl }
}

function readNatsUrl(file: string): string | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof value !== 'object' || value === null || !('nats_url' in value)) return undefined
    return typeof value.nats_url === 'string' ? value.nats_url : undefined
  } catch {
    return undefined
  }
}
