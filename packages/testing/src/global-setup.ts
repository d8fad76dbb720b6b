import { createDatabase, makeSecrets, provisionServices } from '@belay/launcher'
import type { TestProject } from 'vitest/node'
import { startTestPostgres, templateDatabase } from './servers.ts'

/**
 * One Postgres for a whole vitest run. Each test file gets a database of its own in it, copied from one in which the
 * services' roles and schemas are already there.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await startTestPostgres()
  const secrets = makeSecrets()
  await provisionServices(await createDatabase(postgres.adminUrl, templateDatabase), secrets)
  project.provide('postgresUrl', postgres.adminUrl)
  project.provide('testSecrets', secrets)
  return () => postgres.stop()
}
