import type { TestSystem } from '@belay/testing'
import { execFile, execFileSync } from 'node:child_process'
import { appendFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

/** How the copy comes back: PostgreSQL recovers it to another timeline, or its files are simply put in their place. */
export type Restoring = 'recovered' | 'put back'

/** A copy of the database's files. */
export interface Backup {
  restore(how: Restoring): Promise<void>
}

const root = dirname(dirname(import.meta.dirname))

/** Copies the database's files while it is stopped for a moment. */
export async function takeBackup(system: TestSystem): Promise<Backup> {
  const { postgres } = system
  const cluster = join(postgres.dataDir, 'cluster')
  const copy = join(postgres.dataDir, 'backup')
  await postgres.kill('SIGINT')
  replace(copy, cluster)
  await postgres.restart()
  return {
    async restore(how) {
      await postgres.kill('SIGKILL')
      replace(cluster, copy)
      if (how === 'recovered') recoverAtStart(cluster)
      await postgres.restart()
      // The step of the restore procedure that is needed where the timeline shows nothing.
      if (how === 'put back') await beginEpoch(system)
    }
  }
}

/** With owners and modes, which Postgres insists on. */
function replace(target: string, source: string): void {
  rmSync(target, { recursive: true, force: true })
  execFileSync('cp', ['-a', source, target])
}

function recoverAtStart(cluster: string): void {
  appendFileSync(join(cluster, 'postgresql.auto.conf'), "\nrestore_command = 'false'\n")
  writeFileSync(join(cluster, 'recovery.signal'), '')
}

/** `npm run events -- begin-epoch`, without npm. */
async function beginEpoch(system: TestSystem): Promise<void> {
  const args = ['--conditions=@belay/source', 'scripts/events.ts', 'begin-epoch']
  const env = { PATH: process.env.PATH, NATS_URL: system.nats.urlOf('operator') }
  await promisify(execFile)(process.execPath, args, { cwd: root, env })
}
