import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { databaseServices } from '@belay/contracts'
import { closeWatchdog, createDatabase, makeSecrets, startPostgres } from '@belay/launcher'
import { provision } from '@belay/db'
import type { TestProject } from 'vitest/node'
import { createLogBook } from './log-book.ts'
import { templateDatabase } from './provided.ts'

/**
 * One Postgres for a whole vitest run. Each test file gets a database of its own in it, copied from one in which the
 * services' roles and schemas are already there.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'belay-test-'))
  const book = createLogBook()
  const postgres = await startPostgres({ dataDir: join(folder, 'postgres'), durable: false, log: book.log })
  const secrets = makeSecrets()
  const template = await createDatabase(postgres.adminUrl, templateDatabase)
  await provision(
    template,
    databaseServices.map((name) => ({ name, password: secrets.databasePasswords[name] }))
  )
  project.provide('postgresUrl', postgres.adminUrl)
  project.provide('testSecrets', secrets)
  return async () => {
    await postgres.stop()
    await closeWatchdog()
    rmSync(folder, { recursive: true, force: true })
  }
}
