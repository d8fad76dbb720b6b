import type { EventOf, SessionCancelled, SessionDeclined, SessionInvited } from '@belay/contracts'
import { ThreadCreated, ThreadLocked } from '@belay/contracts'
import { recordEvent } from '@belay/events'
import type { Transaction } from 'kysely'
import { insertMessages, listMemberIds, lockThreads } from '#src/messages/append.repository.ts'
import { recordSent, stampOf } from '#src/messages/append-messages.ts'
import { toMessage } from '#src/messages/message.ts'
import type { Written } from '#src/messages/written.ts'
import type { ChatDatabase } from '#src/schema.ts'
import { findUserName } from '#src/people/users.repository.ts'
import { insertMember, insertThread, type ThreadState, updateThreadState } from './threads.repository.ts'

/** What every event about a session says of it. */
export type SessionState = Pick<
  EventOf<typeof SessionInvited>['data'],
  'session_id' | 'inviter_id' | 'invitee_id' | 'status' | 'version'
>

type Closing = EventOf<typeof SessionDeclined | typeof SessionCancelled>['data']

/**
 * Brings a session's thread to the session's state: opens it with both people in it, or locks it when the session
 * is over. An older state than the known one changes nothing.
 */
export async function applySessionState(
  trx: Transaction<ChatDatabase>,
  session: SessionState,
  now: Date
): Promise<boolean> {
  const state: ThreadState = {
    id: session.session_id,
    context: 'session',
    contextId: session.session_id,
    version: session.version,
    status: session.status,
    locked: session.status !== 'pending' && session.status !== 'accepted'
  }
  const created = await insertThread(trx, state, now)
  if (created) {
    const memberIds = [session.inviter_id, session.invitee_id]
    await insertMember(trx, { thread_id: state.id, user_id: session.inviter_id, role: 'host', last_read_seq: 0 })
    await insertMember(trx, { thread_id: state.id, user_id: session.invitee_id, role: 'guest', last_read_seq: 0 })
    await recordEvent(trx, ThreadCreated, {
      subject: state.id,
      data: { thread_id: state.id, context: 'session', context_id: state.id, member_ids: memberIds }
    })
  }
  const changed = created || (await updateThreadState(trx, state))
  if (changed && state.locked) {
    await recordEvent(trx, ThreadLocked, {
      subject: state.id,
      data: { thread_id: state.id, context: 'session', context_id: state.id, reason: state.status }
    })
  }
  return changed
}

/** The same for a session that ends with words: they become the actor's last message, then nobody can write any more. */
export async function applyClosedSession(
  trx: Transaction<ChatDatabase>,
  session: Closing,
  now: Date
): Promise<Written | null> {
  await applySessionState(trx, session, now)
  if (session.closing_message === null || session.actor_id === null) return null
  const [thread] = await lockThreads(trx, [session.session_id])
  if (thread === undefined) return null
  const message = {
    id: session.closing_message.id,
    thread_id: thread.id,
    seq: thread.last_seq + 1,
    kind: 'user' as const,
    sender_id: session.actor_id,
    sender_name: await findUserName(trx, session.actor_id),
    body: session.closing_message.body,
    client_msg_id: null,
    created_at: now
  }
  await insertMessages(trx, [message])
  await recordSent(trx, [message], new Map([[thread.id, thread]]), await listMemberIds(trx, [thread.id]))
  return { messages: [toMessage(message)], stamp: stampOf(thread) }
}
