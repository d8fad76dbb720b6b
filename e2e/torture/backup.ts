import type { TestSystem } from '@belay/testing'
import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'

/** A copy of the database's files. */
export interface Backup {
  /** Puts the copy in the place of what is there now, and tells the services. */
  restore(): Promise<void>
}

/** Copies the database's files while it is stopped for a moment. */
export async function takeBackup(system: TestSystem): Promise<Backup> {
  const { postgres } = system
  const cluster = join(postgres.dataDir, 'cluster')
  const copy = join(postgres.dataDir, 'backup')
  await postgres.kill('SIGINT')
  replace(copy, cluster)
  await postgres.restart()
  return {
    async restore() {
      await postgres.kill('SIGKILL')
      replace(cluster, copy)
      await postgres.restart()
      await beginEpoch(system)
    }
  }
}

/** With owners and modes, which Postgres insists on. */
function replace(target: string, source: string): void {
  rmSync(target, { recursive: true, force: true })
  execFileSync('cp', ['-a', source, target])
}

/** The step of the restore procedure that PostgreSQL's timeline cannot show: files that were put back keep theirs. */
async function beginEpoch(system: TestSystem): Promise<void> {
  await system.sql('update chat.continuity set epoch = gen_random_uuid()')
}
