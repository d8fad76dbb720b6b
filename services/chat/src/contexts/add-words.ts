import type { Runtime } from '@belay/kit'
import { findUserName } from '@belay/people-projection'
import type { Transaction } from 'kysely'
import { stampOf } from '#src/messages/append-messages.ts'
import { insertMessages, listMemberIds, type LockedThread } from '#src/messages/append.repository.ts'
import { directPartsOf, toMessage } from '#src/messages/message.ts'
import { recordSent } from '#src/messages/sent-events.ts'
import { withName } from '#src/messages/system-text.ts'
import type { Written } from '#src/messages/written.ts'
import type { ChatDatabase } from '#src/schema.ts'
import type { Words } from './thread-change.ts'

/**
 * Appends to a thread that the caller holds locked, and moves its `last_seq` on. People are stored by reference; what is
 * returned, for the live signal, has their names.
 */
export async function addWords(
  trx: Transaction<ChatDatabase>,
  runtime: Runtime,
  thread: LockedThread,
  words: readonly Words[]
): Promise<Written> {
  const now = runtime.clock.now()
  const memberIds = await listMemberIds(trx, [thread.id])
  const rows = words.map(({ body, about, from }) => ({
    id: from?.messageId ?? runtime.newId(),
    thread_id: thread.id,
    seq: (thread.last_seq += 1),
    kind: from === undefined ? ('system' as const) : ('user' as const),
    sender_id: from?.userId ?? null,
    body,
    client_msg_id: null,
    created_at: from?.sentAt ?? now,
    subject_user_id: about ?? null,
    ...directPartsOf(thread.context, { sender_id: from?.userId ?? null }, memberIds.get(thread.id) ?? [])
  }))
  await insertMessages(trx, rows)
  await recordSent(trx, rows, new Map([[thread.id, thread]]), memberIds)
  const messages = await Promise.all(
    rows.map(async ({ subject_user_id, ...row }) => {
      const sender_name = row.sender_id === null ? null : await findUserName(trx, row.sender_id)
      const about = subject_user_id === null ? undefined : ((await findUserName(trx, subject_user_id)) ?? 'Somebody')
      return toMessage({ ...row, sender_name, body: about === undefined ? row.body : withName(row.body, about) })
    })
  )
  return { messages, stamp: stampOf(thread) }
}
