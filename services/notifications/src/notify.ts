import { findBlocked, knownUser, lockUsers } from '@belay/people-projection'
import type { Transaction } from 'kysely'
import type { Notifications } from './context.ts'
import type { Notice } from './notices/notice.ts'
import { addToInbox } from './notifications/add-to-inbox.ts'
import { findReadMarks } from './reading/read-marks.repository.ts'
import { lockAnswered } from './reading/resolutions.repository.ts'
import type { NotificationsDatabase } from './schema.ts'

type Trx = Transaction<NotificationsDatabase>

/** In the order in which they lock rows: what is answered and read here takes the same order. */
const gates = [markAnswered, dropErased, dropBlocked, dropRead]

/**
 * Passes notices through all gates to the recipients' inboxes and, after the commit, to their open sockets. The one way
 * to notify anyone. Throws UnknownUser while the registration of one of the people has not arrived.
 */
export async function notify(trx: Trx, context: Notifications, notices: readonly Notice[]): Promise<void> {
  let passed = notices
  for (const gate of gates) {
    if (passed.length === 0) return
    passed = await gate(trx, passed)
  }
  await addToInbox(trx, context, passed)
}

async function markAnswered(trx: Trx, notices: readonly Notice[]): Promise<readonly Notice[]> {
  const asked = ({ to, type, asks = [] }: Notice) => asks.map((subjectId) => ({ userId: to, type, subjectId }))
  if (notices.every((notice) => notice.asks === undefined)) return notices
  const isAnswered = await lockAnswered(trx, notices.flatMap(asked))
  return notices.map((notice) => ({ ...notice, isRead: asked(notice).some(isAnswered) }))
}

async function dropErased(trx: Trx, notices: readonly Notice[]): Promise<readonly Notice[]> {
  const users = await lockUsers(
    trx,
    notices.flatMap(({ to, about }) => [to, about])
  )
  for (const { about } of notices) knownUser(users, about)
  return notices.filter(({ to }) => !knownUser(users, to).deleted)
}

async function dropBlocked(trx: Trx, notices: readonly Notice[]): Promise<readonly Notice[]> {
  const isBlocked = await findBlocked(
    trx,
    notices.map(({ to, about }) => [to, about])
  )
  return notices.filter(({ to, about }) => !isBlocked(to, about))
}

/** Of messages only; the others are read by their owner or by an answer. */
async function dropRead(trx: Trx, notices: readonly Notice[]): Promise<readonly Notice[]> {
  const places = notices.flatMap(({ to, thread }) => (thread ? [{ threadId: thread.id, userId: to }] : []))
  if (places.length === 0) return notices
  const readUpTo = await findReadMarks(trx, places)
  return notices.flatMap((notice) => {
    const { to, thread } = notice
    if (thread === undefined) return [notice]
    const count = Math.min(thread.count, thread.seq - readUpTo(thread.id, to))
    return count > 0 ? [{ ...notice, thread: { ...thread, count } }] : []
  })
}
