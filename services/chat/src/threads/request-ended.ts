import type { EventOf, RequestDeclined, RequestWithdrawn } from '@belay/contracts'
import type { HandlerContext } from '@belay/events'
import type { Chat } from '#src/context.ts'
import type { ChatDatabase } from '#src/schema.ts'
import { endRequest } from './event-threads.ts'

type Ended = HandlerContext<ChatDatabase> & { event: EventOf<typeof RequestDeclined | typeof RequestWithdrawn> }

/** What a request that ended leaves behind, and what open sockets hear of it. */
export const requestEnded =
  ({ live, runtime }: Chat, status: 'DECLINED' | 'WITHDRAWN') =>
  async ({ event, trx, afterCommit }: Ended): Promise<void> => {
    const { thread_id, guest_id } = event.data
    const departure = await endRequest(trx, runtime, status, event.data)
    if (departure === undefined) return
    const { stamp, said } = departure
    afterCommit(() => {
      live.memberLeft(thread_id, guest_id, stamp)
      if (said) live.messages(thread_id, said)
    })
  }
