import { ThreadCreated, ThreadLocked, ThreadMemberJoined, ThreadMemberLeft } from '@belay/contracts'
import { recordEvent } from '@belay/events'
import type { Runtime } from '@belay/kit'
import type { Transaction } from 'kysely'
import type { Live } from '#src/live/live.ts'
import { stampOf } from '#src/messages/append-messages.ts'
import { type LockedThread, lockThreads } from '#src/messages/append.repository.ts'
import { findEarlierMark } from '#src/read-marks/receipts.repository.ts'
import type { ChatDatabase } from '#src/schema.ts'
import {
  deleteMember,
  insertMember,
  insertThread,
  isGatheringClosed,
  listOpenThreadsOf,
  lockGathering,
  lockThread,
  restrictThread,
  unlockThread,
  updateThreadState
} from '#src/threads/threads.repository.ts'
import { addWords } from './add-words.ts'
import type { ThreadChange, Words } from './thread-change.ts'

/** Sends what open sockets learn of the changes; called after the commit. */
export type SendSignals = (live: Live) => void

type Change<Kind extends ThreadChange['kind']> = Extract<ThreadChange, { kind: Kind }>
type ChangeOfOne = Exclude<ThreadChange, { gatheringId: string }>

interface Work {
  trx: Transaction<ChatDatabase>
  runtime: Runtime
  /** Threads that these changes made, and those that they moved to a newer state. */
  created: Set<string>
  moved: Set<string>
  threads: Map<string, LockedThread>
  signals: Record<'left' | 'opened' | 'said' | 'moved', SendSignals[]>
}

/**
 * Applies what a change of a plan means for its threads and records the events of it. Locks are taken in one order
 * everywhere: gatherings, then threads by id. A removal and an opening are signalled before any message.
 */
export async function applyChanges(
  trx: Transaction<ChatDatabase>,
  runtime: Runtime,
  changes: readonly ThreadChange[]
): Promise<SendSignals> {
  const signals: Work['signals'] = { left: [], opened: [], said: [], moved: [] }
  const work: Work = { trx, runtime, created: new Set(), moved: new Set(), threads: new Map(), signals }
  for (const change of changes) if ('gatheringId' in change) await lockGathering(trx, change.gatheringId)
  for (const change of changes) if (change.kind === 'open') await openThread(work, change)
  const each = (await Promise.all(changes.map((change) => spread(work, change)))).flat()
  const ids = each.flatMap(idsToLock)
  if (ids.length > 0) for (const thread of await lockThreads(trx, ids)) work.threads.set(thread.id, thread)
  for (const change of each) await applyChange(work, change)
  return (live) => [signals.left, signals.opened, signals.said, signals.moved].flat().forEach((send) => send(live))
}

/** A request's thread takes turns with the end of its gathering, which may have no thread yet. */
async function openThread({ trx, runtime, created, moved }: Work, { thread }: Change<'open'>): Promise<void> {
  const state = { ...thread }
  if (thread.context === 'request' && thread.eventId !== undefined) {
    await lockGathering(trx, thread.eventId)
    state.locked ||= await isGatheringClosed(trx, thread.eventId)
  }
  if (await insertThread(trx, state, runtime.clock.now())) created.add(thread.id)
  else if (await updateThreadState(trx, thread)) moved.add(thread.id)
}

async function spread({ trx }: Work, change: ThreadChange): Promise<ChangeOfOne[]> {
  if (!('gatheringId' in change)) return [change]
  const threadIds = await listOpenThreadsOf(trx, change.gatheringId)
  return threadIds.map((threadId) => ({ kind: 'close', threadId, reason: change.reason }))
}

function idsToLock(change: ChangeOfOne): string[] {
  if (change.kind !== 'open') return [change.threadId]
  return change.words === undefined ? [] : [change.thread.id]
}

async function applyChange(work: Work, change: ChangeOfOne): Promise<void> {
  switch (change.kind) {
    case 'open':
      return announceOpened(work, change)
    case 'reopen':
      return reopen(work, change)
    case 'admit':
      return admit(work, change)
    case 'remove':
      return remove(work, change)
    case 'restrict':
      return restrictThread(work.trx, change)
    case 'close':
      return close(work, change)
    case 'say':
      return say(work, change.threadId, change.words)
  }
}

async function announceOpened(work: Work, { thread, members, words, signal }: Change<'open'>): Promise<void> {
  const { id, context, contextId } = thread
  const isNew = work.created.has(id)
  if (signal && (isNew || work.moved.has(id))) work.signals.moved.push((live) => live.session(signal))
  if (!isNew || members.length === 0) return
  for (const { userId, role } of members) {
    await insertMember(work.trx, { thread_id: id, user_id: userId, role, last_read_seq: 0 })
  }
  const member_ids = members.map((member) => member.userId)
  const data = { thread_id: id, context, context_id: contextId, member_ids }
  await recordEvent(work.trx, ThreadCreated, { subject: id, data })
  await say(work, id, words)
}

async function reopen(work: Work, { threadId, status, userIds }: Change<'reopen'>): Promise<void> {
  const thread = work.threads.get(threadId)
  if (thread === undefined || !(thread.locked || work.created.has(threadId))) return
  const { last_seq: afterSeq } = thread
  work.signals.opened.push((live) => live.conversationOpened(threadId, userIds, afterSeq))
  if (!thread.locked) return
  await unlockThread(work.trx, threadId, status)
  thread.locked = false
}

async function admit(work: Work, { threadId, userId, words, isBack = false }: Change<'admit'>): Promise<void> {
  const thread = work.threads.get(threadId)
  if (thread === undefined || (thread.locked && !isBack)) return
  const mark = isBack ? await findEarlierMark(work.trx, threadId, userId) : { last_read_seq: thread.last_seq }
  if (!(await insertMember(work.trx, { thread_id: threadId, user_id: userId, role: 'guest', ...mark }))) return
  await recordEvent(work.trx, ThreadMemberJoined, { subject: threadId, data: { thread_id: threadId, user_id: userId } })
  await say(work, threadId, words)
}

async function remove(work: Work, { threadId, userId, words }: Change<'remove'>): Promise<void> {
  const thread = work.threads.get(threadId)
  if (thread === undefined) return
  const version = await deleteMember(work.trx, threadId, userId)
  if (version === undefined) return
  thread.members_version = version
  const data = { thread_id: threadId, user_id: userId, last_seq: thread.last_seq }
  await recordEvent(work.trx, ThreadMemberLeft, { subject: threadId, data })
  const stamp = stampOf(thread)
  work.signals.left.push((live) => live.memberLeft(threadId, userId, stamp))
  await say(work, threadId, words)
}

async function close(work: Work, { threadId, reason, words }: Extract<ChangeOfOne, { kind: 'close' }>): Promise<void> {
  const closed = await lockThread(work.trx, threadId, reason)
  if (closed === undefined) return
  const data = { thread_id: threadId, ...closed, reason }
  await recordEvent(work.trx, ThreadLocked, { subject: threadId, data })
  await say(work, threadId, words)
}

/** Adds words to a thread unless it was closed before these changes. */
async function say(work: Work, threadId: string, words: readonly Words[] = []): Promise<void> {
  const thread = work.threads.get(threadId)
  if (thread === undefined || thread.locked || words.length === 0) return
  const written = await addWords(work.trx, work.runtime, thread, words)
  work.signals.said.push((live) => live.messages(threadId, written))
}
