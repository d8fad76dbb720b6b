import { type Kysely, sql, type Transaction } from 'kysely'
import type { ChatDatabase, ThreadRow } from '#src/schema.ts'

/** A thread as one person sees it; `is_member` is false when it is not theirs. */
export interface ThreadView {
  id: string
  context: ThreadRow['context']
  context_status: string
  last_seq: number
  is_member: boolean
  members_version: number
  epoch: string
}

/** The thread and whether this person is in it; undefined when there is no such thread. */
export async function findThreadView(
  db: Kysely<ChatDatabase>,
  threadId: string,
  userId: string
): Promise<ThreadView | undefined> {
  return db
    .selectFrom('threads as t')
    .leftJoin('members as m', (join) => join.onRef('m.thread_id', '=', 't.id').on('m.user_id', '=', userId))
    .select(['t.id', 't.context', 't.context_status', 't.last_seq', 't.members_version'])
    .select((expressions) => expressions.selectFrom('continuity').select('epoch').$asScalar().$notNull().as('epoch'))
    .select(sql<boolean>`m.user_id is not null`.as('is_member'))
    .where('t.id', '=', threadId)
    .executeTakeFirst()
}

/** A thread as the state of its plan has it. */
export interface ThreadState {
  id: string
  context: ThreadRow['context']
  contextId: string
  version: number
  status: string
  /** No by default. */
  locked?: boolean
  eventId?: string
  /** The one person who may write. */
  onlySenderId?: string | null
}

/** Makes the thread of a plan. Returns false if there is one already. */
export async function insertThread(trx: Transaction<ChatDatabase>, state: ThreadState, now: Date): Promise<boolean> {
  const inserted = await trx
    .insertInto('threads')
    .values({
      id: state.id,
      context: state.context,
      context_id: state.contextId,
      context_version: state.version,
      context_status: state.status,
      locked: state.locked ?? false,
      event_id: state.eventId ?? null,
      only_sender_id: state.onlySenderId ?? null,
      created_at: now
    })
    // Of either key: which of the two a simultaneous insert meets first is not certain.
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst()
  return inserted !== undefined
}

/** Moves a thread to its plan's newer state. Returns false, and changes nothing, if it knows that state or a later one. */
export async function updateThreadState(trx: Transaction<ChatDatabase>, state: ThreadState): Promise<boolean> {
  const updated = await trx
    .updateTable('threads')
    .set({ context_version: state.version, context_status: state.status })
    .where('id', '=', state.id)
    .where('context_version', '<', state.version)
    .returning('id')
    .executeTakeFirst()
  return updated !== undefined
}

/** The person's most recently active conversations about sessions, newest first. */
export async function listActivity(db: Kysely<ChatDatabase>, userId: string, limit: number) {
  return db
    .selectFrom('members as m')
    .innerJoin('threads as t', 't.id', 'm.thread_id')
    .select(['t.id as thread_id', 't.last_message_at'])
    .where('m.user_id', '=', userId)
    .where('t.context', '=', 'session')
    .where('t.last_message_at', 'is not', null)
    .orderBy('t.last_message_at', 'desc')
    .limit(limit)
    .$narrowType<{ last_message_at: Date }>()
    .execute()
}

/** Where each thread stands, and how each listener of it does. */
export async function listSubscriptionStates(
  db: Kysely<ChatDatabase>,
  subscriptions: readonly { thread_id: string; user_id: string }[]
) {
  const { rows } = await sql<{
    thread_id: string
    user_id: string
    last_seq: number | null
    is_member: boolean
    is_known: boolean
    is_disabled: boolean | null
  }>`
    select s.thread_id, s.user_id, t.last_seq, m.user_id is not null as is_member,
           u.id is not null and not u.deleted as is_known, u.disabled as is_disabled
    from unnest(${subscriptions.map((one) => one.thread_id)}::uuid[],
                ${subscriptions.map((one) => one.user_id)}::uuid[]) as s (thread_id, user_id)
    left join threads t on t.id = s.thread_id
    left join members m on m.thread_id = s.thread_id and m.user_id = s.user_id
    left join users u on u.id = s.user_id`.execute(db)
  return rows
}

/** Adds one member; says whether they were not in it before. */
export async function insertMember(
  trx: Transaction<ChatDatabase>,
  member: { thread_id: string; user_id: string; role: 'host' | 'guest'; last_read_seq: number; sent_count?: number }
): Promise<boolean> {
  const inserted = await trx
    .insertInto('members')
    .values(member)
    .onConflict((conflict) => conflict.columns(['thread_id', 'user_id']).doNothing())
    .returning('user_id')
    .executeTakeFirst()
  return inserted !== undefined
}

/** Removes a member; resolves to the thread's new `members_version`, or to undefined when they were not in it. */
export async function deleteMember(
  trx: Transaction<ChatDatabase>,
  threadId: string,
  userId: string
): Promise<number | undefined> {
  const { rows } = await sql<{ members_version: number }>`
    with removed as (delete from members where thread_id = ${threadId} and user_id = ${userId} returning thread_id)
    update threads t set members_version = t.members_version + 1 from removed where t.id = removed.thread_id
    returning t.members_version`.execute(trx)
  return rows[0]?.members_version
}

/** Closes a thread for writing. Returns what it belongs to, or undefined when it is closed already or does not exist. */
export async function lockThread(trx: Transaction<ChatDatabase>, threadId: string, status: string) {
  return trx
    .updateTable('threads')
    .set({ locked: true, context_status: status })
    .where('id', '=', threadId)
    .where('locked', '=', false)
    .returning(['context', 'context_id'])
    .executeTakeFirst()
}

/** Opens a closed thread for writing. */
export async function unlockThread(trx: Transaction<ChatDatabase>, threadId: string, status: string): Promise<void> {
  await trx.updateTable('threads').set({ locked: false, context_status: status }).where('id', '=', threadId).execute()
}

/** Leaves writing in an open thread to one person, or to all its members. */
export async function restrictThread(
  trx: Transaction<ChatDatabase>,
  change: { threadId: string; onlySenderId: string | null; status: string }
): Promise<void> {
  await trx
    .updateTable('threads')
    .set({ only_sender_id: change.onlySenderId, context_status: change.status })
    .where('id', '=', change.threadId)
    .where('locked', '=', false)
    .execute()
}

/**
 * Makes others who open or close threads of this gathering wait until the transaction ends. Taken before any lock of a
 * thread: a gathering may have no thread yet.
 */
export async function lockGathering(trx: Transaction<ChatDatabase>, gatheringId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${gatheringId}, 0))`.execute(trx)
}

/** Whether the gathering was cancelled: its group is closed then, and is made for that if it never opened. */
export async function isGatheringClosed(trx: Transaction<ChatDatabase>, gatheringId: string): Promise<boolean> {
  const group = await trx
    .selectFrom('threads')
    .select('id')
    .where('event_id', '=', gatheringId)
    .where('context', '=', 'event')
    .where('locked', '=', true)
    .executeTakeFirst()
  return group !== undefined
}

/** The open threads of a gathering: its group and those of its requests. */
export async function listOpenThreadsOf(trx: Transaction<ChatDatabase>, gatheringId: string): Promise<string[]> {
  const threads = await trx
    .selectFrom('threads')
    .select('id')
    .where('event_id', '=', gatheringId)
    .where('locked', '=', false)
    .orderBy('id')
    .execute()
  return threads.map((thread) => thread.id)
}
