import { sendTogether } from '@belay/db'
import { type QueryExecutorProvider, type RawBuilder, sql } from 'kysely'
import type { Call, KeyedCall } from './call.ts'

/** A response as it is sent. */
export interface Answer {
  status: number
  contentType: string | null
  body: string | null
}

/** For a call whose effect is pending and whose answer is not stored. */
export const noAnswer: Answer = { status: 0, contentType: null, body: null }

/** A stored answer. */
export interface KeptAnswer extends Answer {
  /** The key it is stored under; for a pending answer without a key, the `pendingKey` of the call. */
  key: string
  requestHash: string
  /** Outbox positions of the events that must be applied before the answer is sent. */
  awaits: number[]
}

/** How long the answer of a call with an `Idempotency-Key` is stored. */
const keptSeconds = 24 * 3_600
/** How long an answer without a key waits for its call to be repeated. */
const pendingSeconds = 120

/** The key of a pending answer; no client can send a key with a space. */
const pendingKey = (call: Pick<Call, 'requestHash'>): string => ` ${call.requestHash}`

/** Returns the answers that a call may get instead of running: the one of its key and a pending one. */
export async function findAnswers(db: QueryExecutorProvider, call: Call): Promise<KeptAnswer[]> {
  const { rows } = await findingAnswers(call).execute(db)
  return rows
}

/**
 * Locks the call until the transaction ends and returns its answers; undefined while another transaction holds the lock.
 * The lock is an advisory one, because the call has no row before it has an answer.
 */
export async function takeTurn(trx: QueryExecutorProvider, call: Call): Promise<KeptAnswer[] | undefined> {
  const name = `${call.userId} ${call.route} ${call.key ?? ''}`
  const [[turn], answers] = await sendTogether(
    trx,
    sql<{ taken: boolean }>`select pg_try_advisory_xact_lock(hashtextextended(${name}, 0)) as taken`,
    findingAnswers(call)
  )
  return turn?.taken === true ? answers : undefined
}

function findingAnswers(call: Call): RawBuilder<KeptAnswer> {
  const keys = call.key === undefined ? [pendingKey(call)] : [call.key, pendingKey(call)]
  return sql`
    select key, request_hash as "requestHash", status, content_type as "contentType", body, awaits
    from idempotency_keys
    where user_id = ${call.userId} and route = ${call.route} and key = any(${keys}::text[])
      and expires_at > now()`
}

/**
 * Returns the answers stored under the keys of some calls, in the order of the calls; undefined for calls without one. For
 * calls that share a transaction.
 */
export async function findKeyedAnswers(
  db: QueryExecutorProvider,
  calls: readonly KeyedCall[]
): Promise<(KeptAnswer | undefined)[]> {
  const { rows } = await sql<KeptAnswer & { ord: number }>`
    select call.ord::int as ord, k.key, k.request_hash as "requestHash", k.status, k.content_type as "contentType", k.body, k.awaits
    from unnest(${calls.map((call) => call.userId)}::uuid[], ${calls.map((call) => call.route)}::text[],
                ${calls.map((call) => call.key)}::text[]) with ordinality as call (user_id, route, key, ord)
    join idempotency_keys k using (user_id, route, key)
    where k.expires_at > now()`.execute(db)
  const byPlace = new Map(rows.map(({ ord, ...answer }) => [ord, answer]))
  return calls.map((_call, index) => byPlace.get(index + 1))
}

/** Stores the answers of many calls with keys, none of which has one yet, in one statement. */
export async function insertKeyedAnswers(
  db: QueryExecutorProvider,
  kept: readonly { call: KeyedCall; answer: Answer }[]
): Promise<void> {
  await sql`
    insert into idempotency_keys as k (user_id, route, key, request_hash, status, content_type, body, expires_at)
    select *, now() + make_interval(secs => ${keptSeconds}) from unnest(
      ${kept.map(({ call }) => call.userId)}::uuid[], ${kept.map(({ call }) => call.route)}::text[],
      ${kept.map(({ call }) => call.key)}::text[], ${kept.map(({ call }) => call.requestHash)}::text[],
      ${kept.map(({ answer }) => answer.status)}::int[], ${kept.map(({ answer }) => answer.contentType)}::text[],
      ${kept.map(({ answer }) => answer.body)}::text[])
    on conflict (user_id, route, key) do update set
      request_hash = excluded.request_hash, status = excluded.status, content_type = excluded.content_type,
      body = excluded.body, awaits = '{}', expires_at = excluded.expires_at`.execute(db)
}

/** Stores the answer of a call with a key, unless its key has one already. */
export async function insertAnswer(
  db: QueryExecutorProvider,
  call: KeyedCall,
  answer: Answer,
  awaits: readonly number[]
): Promise<void> {
  await insertion(call, call.key, { ...answer, awaits, seconds: keptSeconds }).execute(db)
}

/** Stores an answer for the repetition of its call, with or without a key, until its effect is confirmed. */
export async function upsertPendingAnswer(
  db: QueryExecutorProvider,
  call: Call,
  answer: Answer,
  awaits: readonly number[]
): Promise<void> {
  await insertion(call, pendingKey(call), { ...answer, awaits, seconds: pendingSeconds }, sql`true`).execute(db)
}

function insertion(
  call: Call,
  key: string,
  answer: Answer & { awaits: readonly number[]; seconds: number },
  replaces: RawBuilder<unknown> = sql`k.expires_at <= now()`
): RawBuilder<unknown> {
  return sql`
    insert into idempotency_keys as k (user_id, route, key, request_hash, status, content_type, body, awaits, expires_at)
    values (${call.userId}, ${call.route}, ${key}, ${call.requestHash}, ${answer.status}, ${answer.contentType},
            ${answer.body}, ${answer.awaits}::bigint[], now() + make_interval(secs => ${answer.seconds}))
    on conflict (user_id, route, key) do update set
      request_hash = excluded.request_hash, status = excluded.status, content_type = excluded.content_type,
      body = excluded.body, awaits = excluded.awaits, expires_at = excluded.expires_at
    where ${replaces}`
}

/** Deletes an answer that is no longer pending: the same call may be intended again. */
export async function deletePendingAnswer(db: QueryExecutorProvider, call: Call): Promise<void> {
  await sql`
    delete from idempotency_keys
    where user_id = ${call.userId} and route = ${call.route} and key = ${pendingKey(call)}`.execute(db)
}

/** Deletes at most `limit` expired answers. Returns the number of deleted rows. */
export async function deleteExpiredAnswers(db: QueryExecutorProvider, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from idempotency_keys where ctid in (
      select ctid from idempotency_keys where expires_at <= now() limit ${limit} for update skip locked
    )`.execute(db)
  return Number(numAffectedRows ?? 0)
}
