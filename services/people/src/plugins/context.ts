import fp from 'fastify-plugin'
import { createPeople, type People, type PeopleOptions } from '#src/context.ts'

declare module 'fastify' {
  interface FastifyInstance {
    people: People
  }
}

/** Decorates the server with the service's context, `app.people`. */
export const context = fp<PeopleOptions>(
  async (app, options) => {
    app.decorate('people', createPeople(options))
  },
  { name: 'people.context' }
)
