import { type QueryExecutorProvider, sql } from 'kysely'

/** Keys belong to a user and a route. */
export interface KeyScope {
  userId: string
  /** Method and path. */
  route: string
  key: string
}

/** A call that has the right to run. */
export interface Claim extends KeyScope {
  claimId: string
}

/** An answer as it went out. */
export interface StoredAnswer {
  status: number
  contentType: string | null
  body: string | null
}

export interface ClaimTimes {
  now: Date
  /** When the key is forgotten. */
  expiresAt: Date
  /** Claims from before without an answer belong to a process that died. */
  abandonedBefore: Date
}

/** Claims a key that is free, expired, or held for the same request by a process that died; false when it is taken. */
export async function claimKey(
  db: QueryExecutorProvider,
  claim: Claim & { requestHash: string },
  times: ClaimTimes
): Promise<boolean> {
  const { rows } = await sql`
    insert into idempotency_keys as k (user_id, route, key, request_hash, claim_id, claimed_at, expires_at)
    values (${claim.userId}, ${claim.route}, ${claim.key}, ${claim.requestHash}, ${claim.claimId},
            ${times.now}, ${times.expiresAt})
    on conflict (user_id, route, key) do update set
      request_hash = excluded.request_hash, claim_id = excluded.claim_id, claimed_at = excluded.claimed_at,
      expires_at = excluded.expires_at, status = null, content_type = null, body = null
    where k.expires_at <= excluded.claimed_at
       or (k.status is null and k.request_hash = excluded.request_hash and k.claimed_at <= ${times.abandonedBefore})
    returning 1`.execute(db)
  return rows.length > 0
}

/** Who has a key, and with what answer: undefined while the call runs. */
export async function findKey(
  db: QueryExecutorProvider,
  { userId, route, key }: KeyScope
): Promise<{ requestHash: string; answer: StoredAnswer | undefined } | undefined> {
  const { rows } = await sql<{
    request_hash: string
    status: number | null
    content_type: string | null
    body: string | null
  }>`
    select request_hash, status, content_type, body from idempotency_keys
    where user_id = ${userId} and route = ${route} and key = ${key}`.execute(db)
  const [row] = rows
  if (row === undefined) return undefined
  const { request_hash: requestHash, status, content_type: contentType, body } = row
  return { requestHash, answer: status === null ? undefined : { status, contentType, body } }
}

/** Keeps the answer of a claimed call. */
export async function storeAnswer(db: QueryExecutorProvider, claim: Claim, answer: StoredAnswer): Promise<void> {
  await sql`
    update idempotency_keys set status = ${answer.status}, content_type = ${answer.contentType}, body = ${answer.body}
    where user_id = ${claim.userId} and route = ${claim.route} and key = ${claim.key}
      and claim_id = ${claim.claimId}`.execute(db)
}

/** Gives a claim back, so that the call can be tried again. */
export async function releaseKey(db: QueryExecutorProvider, claim: Claim): Promise<void> {
  await sql`
    delete from idempotency_keys
    where user_id = ${claim.userId} and route = ${claim.route} and key = ${claim.key}
      and claim_id = ${claim.claimId}`.execute(db)
}

/** Forgets expired keys, at most `limit` of them; answers how many. */
export async function deleteExpiredKeys(db: QueryExecutorProvider, now: Date, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from idempotency_keys where ctid in (
      select ctid from idempotency_keys where expires_at <= ${now} limit ${limit} for update skip locked
    )`.execute(db)
  return Number(numAffectedRows ?? 0)
}
