import { type Kysely, sql, type Transaction } from 'kysely'
import type { ChatDatabase, PresenceRow } from '#src/schema.ts'

/** Of each side of the pairs; a person with more active conversations than these is announced to the most recent ones. */
const maxPeers = 5_000

/** A person who came online or went offline, and when. */
export type Transition = PresenceRow

/**
 * Marks those of these people as online who are not, and returns them. Of concurrent calls one returns a person. Leaves out
 * erased, disabled and unknown accounts: none of them is erased before this is committed.
 */
export async function markOnline(db: Kysely<ChatDatabase>, ids: readonly string[], at: Date): Promise<Transition[]> {
  const { rows } = await sql<Transition>`
    /* prepared */ with arriving as (
      select id from users
      where id = any(${ids}::uuid[]) and not disabled
        and not exists (select from presence where user_id = users.id and online)
      order by id for share
    )
    insert into presence (user_id, online, last_active)
    select id, true, ${at}::timestamptz from arriving
    on conflict (user_id) do update set online = true, last_active = excluded.last_active
    where not presence.online
    returning user_id, online, last_active`.execute(db)
  return rows
}

/**
 * Marks those of these people as offline who are not, and returns them: the absent ones, and those of the present ones
 * whose account is disabled. Of concurrent calls one returns a person.
 */
export async function markOffline(
  db: Kysely<ChatDatabase>,
  people: { absent: readonly string[]; present: readonly string[] },
  at: Date
): Promise<Transition[]> {
  const { rows } = await sql<Transition>`
    /* prepared */ with leaving as (
      select user_id from presence left join users on users.id = user_id
      where user_id = any(${[...people.absent, ...people.present]}::uuid[]) and online
        and (user_id = any(${people.absent}::uuid[]) or disabled)
      order by user_id for update of presence
    )
    update presence set online = false, last_active = ${at}
    from leaving where presence.user_id = leaving.user_id
    returning presence.user_id, online, last_active`.execute(db)
  return rows
}

/** Deletes what is known of a person, and returns whether they were online. */
export async function deletePresence(trx: Transaction<ChatDatabase>, userId: string): Promise<boolean> {
  const deleted = await trx.deleteFrom('presence').where('user_id', '=', userId).returning('online').execute()
  return deleted.some(({ online }) => online)
}

/** Returns a page of the people who are online, by id. */
export async function listOnlineIds(
  db: Kysely<ChatDatabase>,
  page: { after: string; limit: number }
): Promise<string[]> {
  const rows = await db
    .selectFrom('presence')
    .select('user_id')
    .where('online', '=', true)
    .where('user_id', '>', page.after)
    .orderBy('user_id')
    .limit(page.limit)
    .execute()
  return rows.map((row) => row.user_id)
}

/** One of a person's active conversations. */
export interface Peer {
  user_id: string
  peer_id: string
  conversation_id: string
}

/** Returns a page of these people's active conversations, in the order of the people and then of the conversations. */
export async function listActivePeers(
  db: Kysely<ChatDatabase>,
  ids: readonly string[],
  page: { after: Pick<Peer, 'user_id' | 'conversation_id'>; limit: number }
): Promise<Peer[]> {
  const { after } = page
  const { rows } = await sql<Peer>`
    select person.user_id, pair.peer_id, pair.id as conversation_id
    from unnest(${ids}::uuid[]) as person (user_id)
    cross join lateral (
      (select id, user2_id as peer_id from conversations where user1_id = person.user_id and status = 'active'
       order by last_activity desc, id desc limit ${maxPeers})
      union all
      (select id, user1_id from conversations where user2_id = person.user_id and status = 'active'
       order by last_activity desc, id desc limit ${maxPeers})
    ) as pair
    where person.user_id >= ${after.user_id}
      and (person.user_id, pair.id) > (${after.user_id}, ${after.conversation_id})
    order by person.user_id, pair.id limit ${page.limit}`.execute(db)
  return rows
}
