import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import pg from 'pg'

/** Looks whether all events were consumed. */
export interface EventWatch {
  drained(): Promise<boolean>
  close(): Promise<void>
}

/** Events wait in outboxes until they are in the stream, and there until their consumers have confirmed them. */
const unpublished = `
  select exists (select from people.outbox_pending) or exists (select from sessions.outbox_pending)
      or exists (select from chat.outbox_pending) or exists (select from notifications.outbox_pending) as any`

/** Watches with one connection to each server, whose cost counts as the system's. */
export async function watchEvents(postgresUrl: string, natsUrl: string): Promise<EventWatch> {
  const database = new pg.Client({ connectionString: postgresUrl })
  await database.connect()
  const { username, password, host } = new URL(natsUrl)
  const nats = await connect({ servers: host, user: username, pass: password })
  const manager = await jetstreamManager(nats)
  return {
    async drained() {
      const { rows } = await database.query<{ any: boolean }>(unpublished)
      if (rows[0]?.any !== false) return false
      for await (const { num_pending, num_ack_pending } of manager.consumers.list('BELAY'))
        if (num_pending + num_ack_pending > 0) return false
      return true
    },
    async close() {
      await Promise.all([database.end(), nats.close()])
    }
  }
}
