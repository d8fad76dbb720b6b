import type { EventOf, LogStamp, RequestAccepted, RequestDeclined, RequestWithdrawn } from '@belay/contracts'
import { ThreadCreated, ThreadLocked, ThreadMemberJoined, ThreadMemberLeft } from '@belay/contracts'
import { recordEvent } from '@belay/events'
import type { Runtime } from '@belay/kit'
import type { Transaction } from 'kysely'
import { type LockedThread, lockThreads } from '#src/messages/append.repository.ts'
import { stampOf } from '#src/messages/append-messages.ts'
import { appendSystemMessages } from '#src/messages/append-system-messages.ts'
import { joinedText, leftText } from '#src/messages/system-text.ts'
import type { Written } from '#src/messages/written.ts'
import { findUserName } from '#src/people/users.repository.ts'
import type { ChatDatabase } from '#src/schema.ts'
import { upsertRequest } from './requests.repository.ts'
import {
  deleteMember,
  holdEvent,
  insertMember,
  insertThread,
  listOpenThreadsOfEvent,
  lockThread,
  openToAll,
  type ThreadState
} from './threads.repository.ts'

type Accepted = EventOf<typeof RequestAccepted>['data']
type Ended = EventOf<typeof RequestDeclined | typeof RequestWithdrawn>['data']

/** What a removal from a group means for open sockets. */
export interface Departure {
  /** Of the log after the removal. */
  stamp: LogStamp
  said: Written | undefined
}

/**
 * Brings an accepted guest into the event's group; the first one opens it, whichever of two comes first. The thread that
 * belonged to the request alone, if there is one, is open to both from now on.
 */
export async function admitGuest(
  trx: Transaction<ChatDatabase>,
  runtime: Runtime,
  accepted: Accepted
): Promise<Written | undefined> {
  const news = await upsertRequest(trx, { id: accepted.request_id, status: 'ACCEPTED', version: accepted.version })
  if (!news) return undefined
  const created = await insertThread(trx, groupOf(accepted), runtime.clock.now())
  const group = await lockGroup(trx, accepted)
  await openToAll(trx, accepted.request_id)
  if (group === undefined || group.locked) return undefined
  return created ? openGroup(trx, runtime, group, accepted) : joinGroup(trx, runtime, group, accepted)
}

async function openGroup(
  trx: Transaction<ChatDatabase>,
  runtime: Runtime,
  group: LockedThread,
  { host_id, guest_id, event_title }: Accepted
): Promise<Written> {
  await insertMember(trx, { thread_id: group.id, user_id: host_id, role: 'host', last_read_seq: 0 })
  await insertMember(trx, { thread_id: group.id, user_id: guest_id, role: 'guest', last_read_seq: 0 })
  await recordEvent(trx, ThreadCreated, {
    subject: group.id,
    data: { thread_id: group.id, context: 'event', context_id: group.context_id, member_ids: [host_id, guest_id] }
  })
  return appendSystemMessages(trx, runtime, group, [
    { body: `Welcome to the ${event_title} event chat!` },
    { body: 'Request accepted, booking confirmed.' }
  ])
}

/** A newcomer sees the history, but it isn't unread. */
async function joinGroup(
  trx: Transaction<ChatDatabase>,
  runtime: Runtime,
  group: LockedThread,
  { guest_id }: Accepted
): Promise<Written | undefined> {
  const member = { thread_id: group.id, user_id: guest_id, role: 'guest' as const, last_read_seq: group.last_seq }
  if (!(await insertMember(trx, member))) return undefined
  await recordEvent(trx, ThreadMemberJoined, { subject: group.id, data: { thread_id: group.id, user_id: guest_id } })
  const name = (await findUserName(trx, guest_id)) ?? 'Somebody'
  return appendSystemMessages(trx, runtime, group, [joinedText({ id: guest_id, name })])
}

/**
 * Ends a request that was declined or withdrawn: its own thread is locked, and a booked guest leaves the group. Resolves
 * to undefined when nobody left.
 */
export async function endRequest(
  trx: Transaction<ChatDatabase>,
  runtime: Runtime,
  status: 'DECLINED' | 'WITHDRAWN',
  ended: Ended
): Promise<Departure | undefined> {
  const news = await upsertRequest(trx, { id: ended.request_id, status, version: ended.version })
  if (!news) return undefined
  const group = await lockGroup(trx, ended)
  await closeThread(trx, ended.request_id, status.toLowerCase())
  if (group === undefined) return undefined
  const version = await deleteMember(trx, group.id, ended.guest_id)
  if (version === undefined) return undefined
  group.members_version = version
  await recordEvent(trx, ThreadMemberLeft, {
    subject: group.id,
    data: { thread_id: group.id, user_id: ended.guest_id, last_seq: group.last_seq }
  })
  const stamp = stampOf(group)
  if (group.locked) return { stamp, said: undefined }
  const name = (await findUserName(trx, ended.guest_id)) ?? 'Somebody'
  return { stamp, said: await appendSystemMessages(trx, runtime, group, [leftText({ id: ended.guest_id, name })]) }
}

/** Locks everything that people wrote about a cancelled event; a group that never opened is locked beforehand. */
export async function closeEvent(
  trx: Transaction<ChatDatabase>,
  runtime: Runtime,
  event: { event_id: string; thread_id: string }
): Promise<void> {
  await holdEvent(trx, event.event_id)
  await insertThread(trx, { ...groupOf(event), locked: true, status: 'cancelled' }, runtime.clock.now())
  for (const threadId of await listOpenThreadsOfEvent(trx, event.event_id)) {
    await closeThread(trx, threadId, 'cancelled')
  }
}

/** The group, if it is open already; the request's own thread is locked with it, in the order that everybody takes. */
async function lockGroup(
  trx: Transaction<ChatDatabase>,
  { thread_id, request_id }: { thread_id: string; request_id: string }
): Promise<LockedThread | undefined> {
  const threads = await lockThreads(trx, [thread_id, request_id])
  return threads.find((thread) => thread.id === thread_id)
}

async function closeThread(trx: Transaction<ChatDatabase>, threadId: string, reason: string): Promise<void> {
  const locked = await lockThread(trx, threadId, reason)
  if (locked === undefined) return
  await recordEvent(trx, ThreadLocked, {
    subject: threadId,
    data: { thread_id: threadId, context: locked.context, context_id: locked.context_id, reason }
  })
}

function groupOf(event: { event_id: string; thread_id: string }): ThreadState {
  return {
    id: event.thread_id,
    context: 'event',
    contextId: event.event_id,
    eventId: event.event_id,
    version: 1,
    status: 'booking',
    locked: false
  }
}
