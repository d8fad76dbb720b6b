import fp from 'fastify-plugin'
import { namedAdmin, type PeopleConfig } from '#src/config.ts'
import { ensureAdmin, ensureDevelopmentAdmin } from '#src/users/bootstrap-admin.ts'

interface FirstAdminOptions {
  config: PeopleConfig
  /** Prints a line for the person who started the system. Not to the log, which would keep the password. */
  print: (line: string) => void
}

/** Before the first call, creates the administrator from the configuration, or in development one with a random password. */
export const firstAdmin = fp<FirstAdminOptions>(
  async (app, { config, print }) => {
    const named = namedAdmin(config)
    app.addHook('onReady', async () => {
      if (named !== undefined) {
        await ensureAdmin(app.people, named)
      } else if (config.NODE_ENV === 'development') {
        const made = await ensureDevelopmentAdmin(app.people)
        if (made !== undefined) print(`Administrator ${made.email} created with password ${made.password} (shown once)`)
      }
    })
  },
  { name: 'people.first-admin', dependencies: ['people.context', 'people.cleanup'] }
)
