import fp from 'fastify-plugin'
import { namedAdmin, type PeopleConfig } from '#src/config.ts'
import { ensureAdmin, ensureDevelopmentAdmin } from '#src/users/bootstrap-admin.ts'

interface FirstAdminOptions {
  config: PeopleConfig
  /** Shows a line to whoever started the system. Not the log: it would keep the password. */
  print: (line: string) => void
}

/** Before the first call is taken there is an administrator: the one named, or in development one made up. */
export default fp<FirstAdminOptions>(
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
  { name: 'people.first-admin', dependencies: ['people.people', 'people.upkeep'] }
)
