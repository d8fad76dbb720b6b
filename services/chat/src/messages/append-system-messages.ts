import type { Runtime } from '@belay/kit'
import type { Transaction } from 'kysely'
import type { ChatDatabase } from '#src/schema.ts'
import { recordSent, stampOf } from './append-messages.ts'
import { insertMessages, listMemberIds, type LockedThread } from './append.repository.ts'
import { toMessage } from './message.ts'
import { type SystemText, withName } from './system-text.ts'
import type { Written } from './written.ts'

/**
 * Appends what the system itself says to a thread that the caller holds locked. People are stored by reference; what is
 * returned, for the live signal, has their names.
 */
export async function appendSystemMessages(
  trx: Transaction<ChatDatabase>,
  runtime: Runtime,
  thread: LockedThread,
  texts: readonly SystemText[]
): Promise<Written> {
  const created_at = runtime.clock.now()
  const rows = texts.map(({ body }, index) => ({
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
  const messages = rows.map((row, index) => ({ ...row, subject_user_id: texts[index]?.about?.id ?? null }))
  await insertMessages(trx, messages)
  await recordSent(trx, messages, new Map([[thread.id, thread]]), await listMemberIds(trx, [thread.id]))
  thread.last_seq += messages.length
  const shown = rows.map((row, index) => {
    const about = texts[index]?.about
    return toMessage(about === undefined ? row : { ...row, body: withName(row.body, about.name) })
  })
  return { messages: shown, stamp: stampOf(thread) }
}
