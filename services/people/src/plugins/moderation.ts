import fp from 'fastify-plugin'
import { Counter } from 'prom-client'
import type { Moderation } from '#src/context.ts'

declare module 'fastify' {
  interface FastifyInstance {
    moderation: Moderation
  }
}

/** Counts reports and blocks in `/metrics`. */
export const moderation = fp(
  async (app) => {
    const registers = [app.metrics]
    const blocks = new Counter({ name: 'people_blocks_total', help: 'Blocks of people', registers })
    const reports = new Counter({
      name: 'people_reports_total',
      help: 'Reports of people, by reason',
      labelNames: ['reason'],
      registers
    })
    app.decorate('moderation', {
      countBlock: () => blocks.inc(),
      countReport: (reason) => reports.inc({ reason })
    })
  },
  { name: 'people.moderation' }
)
