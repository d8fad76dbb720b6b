import type { Secrets } from '@belay/launcher'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The superuser's URL of the run's Postgres. */
    postgresUrl: string
    /** The passwords of the services' roles in it. */
    testSecrets: Secrets
  }
}

/** The database that each test file's own is copied from: roles and empty schemas of all services. */
export const templateDatabase = 'belay_template'
