import type { EventOf, EventUpdated, Message } from '@belay/contracts'
import type { Runtime } from '@belay/kit'
import type { Transaction } from 'kysely'
import { lockThreads } from '#src/messages/append.repository.ts'
import { appendSystemMessages } from '#src/messages/append-system-messages.ts'
import type { ChatDatabase } from '#src/schema.ts'

type Updated = EventOf<typeof EventUpdated>['data']

/** Says in an open group when and where its event takes place now, if that has changed. Returns the messages it left. */
export async function announceMove(
  trx: Transaction<ChatDatabase>,
  runtime: Runtime,
  event: Updated
): Promise<Message[]> {
  if (event.moved !== true) return []
  const [group] = await lockThreads(trx, [event.thread_id])
  if (group === undefined || group.locked) return []
  return appendSystemMessages(trx, runtime, group, [`The event has moved: ${whenAndWhere(event)}`])
}

/** `2027-01-15 09:00 UTC, Central Park, 5th Avenue`, as far as the event says it. */
function whenAndWhere({ starts_at, location, address }: Updated): string {
  const time = `${starts_at.slice(0, 16).replace('T', ' ')} UTC`
  return [time, location, address].filter(Boolean).join(', ')
}
