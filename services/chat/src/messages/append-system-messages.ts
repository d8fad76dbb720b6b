import type { Runtime } from '@belay/kit'
import type { Transaction } from 'kysely'
import type { ChatDatabase } from '#src/schema.ts'
import { recordSent, stampOf } from './append-messages.ts'
import { insertMessages, listMemberIds, type LockedThread } from './append.repository.ts'
import { toMessage } from './message.ts'
import type { Written } from './written.ts'

/** Appends what the system itself says to a thread that the caller holds locked; answers the messages for the live signal. */
export async function appendSystemMessages(
  trx: Transaction<ChatDatabase>,
  runtime: Runtime,
  thread: LockedThread,
  bodies: readonly string[]
): Promise<Written> {
  const created_at = runtime.clock.now()
  const messages = bodies.map((body, index) => ({
    id: runtime.newId(),
    thread_id: thread.id,
    seq: thread.last_seq + index + 1,
    kind: 'system' as const,
    sender_id: null,
    sender_name: null,
    body,
    client_msg_id: null,
    created_at
  }))
  await insertMessages(trx, messages)
  await recordSent(trx, messages, new Map([[thread.id, thread]]), await listMemberIds(trx, [thread.id]))
  thread.last_seq += messages.length
  return { messages: messages.map(toMessage), stamp: stampOf(thread) }
}
