import fp from 'fastify-plugin'
import { Counter } from 'prom-client'
import { lengths } from '#src/messages/send-counts.ts'

/** Exposes what becomes of sends, and how long conversations get, at `/metrics`. */
export const sendMetrics = fp(
  async (app) => {
    const { counts } = app.chat
    const registers = [app.metrics]
    new Counter({
      name: 'belay_chat_sends_total',
      help: 'Messages that people sent, by outcome',
      labelNames: ['outcome'],
      registers,
      collect() {
        this.reset()
        for (const [outcome, count] of counts.outcomes) this.inc({ outcome }, count)
      }
    })
    new Counter({
      name: 'belay_chat_conversations_reached_total',
      help: 'Conversations of two people that reached a number of messages',
      labelNames: ['messages'],
      registers,
      collect() {
        this.reset()
        for (const messages of lengths) this.inc({ messages }, counts.reached.get(messages) ?? 0)
      }
    })
  },
  { name: 'chat.send-metrics', dependencies: ['chat.context'] }
)
