import type { Runtime } from '@belay/kit'
import type { Transaction } from 'kysely'
import type { SendSignals } from '#src/contexts/apply.ts'
import { archiveConversations } from '#src/contexts/conversation.ts'
import { listActivePairsOf } from '#src/conversations/pairs.repository.ts'
import type { ChatDatabase } from '#src/schema.ts'

/** Ends the conversations of a person whose account the caller holds locked, which keeps out what would begin new ones. */
export async function erasePerson(
  trx: Transaction<ChatDatabase>,
  runtime: Runtime,
  userId: string
): Promise<SendSignals> {
  return archiveConversations(trx, runtime, await listActivePairsOf(trx, userId))
}
