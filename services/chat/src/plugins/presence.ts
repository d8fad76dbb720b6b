import fp from 'fastify-plugin'
import { Counter, Gauge } from 'prom-client'

/** Decides about presence from the start of the service until its end, and exposes it at `/metrics`. */
export const presence = fp(
  async (app) => {
    const { presence: kept } = app.chat
    new Gauge({
      name: 'belay_chat_online_people',
      help: 'People who are online anywhere; every replica has all of them',
      registers: [app.metrics],
      collect() {
        this.set(kept.count())
      }
    })
    new Counter({
      name: 'belay_chat_presence_transitions_total',
      help: 'People who came online or went offline, as this replica decided',
      labelNames: ['to'],
      registers: [app.metrics],
      collect() {
        this.reset()
        for (const [to, count] of Object.entries(kept.transitions)) this.inc({ to }, count)
      }
    })
    app.addHook('onReady', async () => kept.start())
    app.addHook('preClose', () => kept.close())
  },
  { name: 'chat.presence', dependencies: ['chat.context'] }
)
