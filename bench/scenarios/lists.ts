import type { RunningSystem } from '@belay/launcher'
import pg from 'pg'
import { Pool } from 'undici'
import { register } from '../lib/api.ts'
import { measure } from '../lib/measure.ts'
import { calls, printMeasurement } from '../lib/print.ts'

const people = 100_000
const liked = 5_000
const conversations = 10_000

/**
 * Discovery among 100,000 people by one who has liked the 5,000 that come first, and the conversations of a person with
 * 10,000: 500 calls each after 100 that do not count. To be read beside the group inbox.
 */
export async function runLists(system: RunningSystem): Promise<void> {
  const pool = new Pool(system.url, { connections: 10 })
  const reader = await register(pool)
  await pool.close()
  await fill(system.postgresUrl, reader.id)
  for (const [title, path] of [
    [`Discovery among ${people} people, after ${liked} who were liked`, '/api/v1/discovery'],
    [`The conversations of a person with ${conversations}: the default page`, '/api/v1/conversations']
  ] as const) {
    const measured = await measure(system, new URL('../load/calls.ts', import.meta.url), {
      args: [system.url, path, reader.token, '100', '500']
    })
    printMeasurement(`${title}, one call at a time`, measured, calls)
  }
}

/** Writes to the database what would take hours to register. */
async function fill(postgresUrl: string, readerId: string): Promise<void> {
  const client = new pg.Client({ connectionString: postgresUrl })
  await client.connect()
  try {
    await client.query(
      `insert into people.users (id, display_name, created_at, updated_at)
       select gen_random_uuid(), 'Bench person', now(), now() from generate_series(1, $1::int)`,
      [people]
    )
    await client.query(
      `insert into people.likes (liker_id, liked_id, created_at)
       select $1, id, now() from people.users where id <> $1 order by id desc limit $2`,
      [readerId, liked]
    )
    await client.query(
      `create temp table pairs as
       select id as peer_id, gen_random_uuid() as id, now() - make_interval(secs => row_number() over ()) as at
       from people.users where id <> $1 order by id limit $2`,
      [readerId, conversations]
    )
    await client.query(
      `insert into chat.users (id, display_name, tier, role, disabled, version)
       select peer_id, 'Bench person', 'free', 'user', false, 1 from pairs on conflict do nothing`
    )
    await client.query(
      `insert into chat.threads
         (id, context, context_id, context_version, context_status, last_seq, last_message_at, created_at)
       select id, 'direct', id, 1, 'active', 1, at, at from pairs`
    )
    await client.query(
      `insert into chat.members (thread_id, user_id)
       select id, unnest(array[peer_id, $1::uuid]) from pairs`,
      [readerId]
    )
    await client.query(
      `insert into chat.messages (thread_id, seq, id, kind, sender_id, body, message_type, created_at)
       select id, 1, gen_random_uuid(), 'user', peer_id, 'See you at 8am at the parking lot!', 'text', at from pairs`
    )
    await client.query(
      `insert into chat.conversations (id, user1_id, user2_id, status, matched, last_activity, created_at)
       select id, least(peer_id, $1::uuid), greatest(peer_id, $1::uuid), 'active', true, at, at from pairs`,
      [readerId]
    )
    await client.query('analyze')
  } finally {
    await client.end()
  }
}
