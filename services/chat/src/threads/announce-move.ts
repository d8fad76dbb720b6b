import type { EventOf, EventUpdated } from '@belay/contracts'
import type { Runtime } from '@belay/kit'
import type { Transaction } from 'kysely'
import { lockThreads } from '#src/messages/append.repository.ts'
import { appendSystemMessages } from '#src/messages/append-system-messages.ts'
import type { Written } from '#src/messages/written.ts'
import type { ChatDatabase } from '#src/schema.ts'

type Updated = EventOf<typeof EventUpdated>['data']

/** Says in an open group when and where its event takes place now, if that has changed. Returns what it wrote. */
export async function announceMove(
  trx: Transaction<ChatDatabase>,
  runtime: Runtime,
  event: Updated
): Promise<Written | undefined> {
  if (event.moved !== true) return undefined
  const [group] = await lockThreads(trx, [event.thread_id])
  if (group === undefined || group.locked) return undefined
  return appendSystemMessages(trx, runtime, group, [{ body: `The event has moved: ${whenAndWhere(event)}` }])
}

/** `2027-01-15 09:00 UTC, Central Park, 5th Avenue`, as far as the event says it. */
function whenAndWhere({ starts_at, location, address }: Updated): string {
  const time = `${starts_at.slice(0, 16).replace('T', ' ')} UTC`
  return [time, location, address].filter(Boolean).join(', ')
}
