import type { Runtime } from '@belay/kit'
import type { Transaction } from 'kysely'
import type { SendSignals } from '#src/contexts/apply.ts'
import { archiveConversations } from '#src/contexts/conversation.ts'
import { listActivePairsOf } from '#src/conversations/pairs.repository.ts'
import { listPendingOf } from '#src/message-requests/requests.repository.ts'
import { endRequests } from '#src/message-requests/settle-requests.ts'
import type { ChatDatabase } from '#src/schema.ts'

/** Ends the conversations and the open requests of a person whose account the caller holds locked, which keeps out what would begin new ones. */
export async function erasePerson(
  trx: Transaction<ChatDatabase>,
  runtime: Runtime,
  userId: string
): Promise<SendSignals> {
  await endRequests(trx, runtime, await listPendingOf(trx, userId), 'cancelled')
  return archiveConversations(trx, runtime, await listActivePairsOf(trx, userId))
}
