import pg from 'pg'

/** Two threads of the reader whose histories grow with the data. */
export interface LongThreads {
  direct: string
  group: string
}

/**
 * Writes threads of ten messages into a system's database, where registering and sending would take days: of a hundred
 * threads ten are direct conversations of the reader, one is a group they are in, and the others, with one more group, are
 * other people's.
 */
export class ListData {
  readonly #client: pg.Client
  readonly #reader: string
  #threads = 0

  constructor(postgresUrl: string, reader: string) {
    this.#client = new pg.Client({ connectionString: postgresUrl })
    this.#reader = reader
  }

  async open(): Promise<void> {
    await this.#client.connect()
    // Foreign keys hold by construction; checking each of a million rows would take minutes.
    await this.#client.query('set session_replication_role = replica')
  }

  async close(): Promise<void> {
    await this.#client.end()
  }

  /** Adds threads until there are so many, and as many messages to each of the two long histories. */
  async growTo(threads: number): Promise<LongThreads> {
    await this.#client.query('drop table if exists batch')
    await this.#client.query(newBatch)
    await this.#client.query(fillBatch, [this.#threads + 1, threads, this.#reader])
    for (const statement of storeBatch) await this.#client.query(statement)
    this.#threads = threads
    await this.#client.query('vacuum analyze')
    const { rows } = await this.#client.query<LongThreads>(
      'select (select id from long where not is_group) as direct, (select id from long where is_group) as group'
    )
    const [long] = rows
    if (long === undefined) throw new Error('there are no long threads')
    return long
  }
}

const newBatch = `
  create temp table batch (n integer, id uuid, peer_id uuid, owner_id uuid, is_group boolean, at timestamptz);
  create temp table if not exists long (id uuid, is_group boolean, peer_id uuid)`

const fillBatch = `
  insert into batch
  select n, gen_random_uuid(), gen_random_uuid(),
         case when n % 10 = 0 or n % 100 = 1 then $3::uuid else gen_random_uuid() end,
         n % 50 = 1, now() - make_interval(secs => n)
  from generate_series($1::int, $2::int) n`

const storeBatch = [
  'insert into long select id, is_group, peer_id from batch where n in (1, 10)',
  `insert into people.users (id, display_name, created_at, updated_at)
   select peer_id, 'Bench person', now(), now() from batch`,
  // Those who come first in discovery.
  `insert into people.likes (liker_id, liked_id, created_at)
   select reader.owner_id, peer_id, now()
   from batch, (select owner_id from batch where n % 10 = 0 limit 1) reader
   where peer_id > 'f3000000-0000-0000-0000-000000000000'`,
  `insert into chat.users (id, display_name, tier, role, disabled, version)
   select id, 'Bench person', 'free', 'user', false, 1
   from (select peer_id as id from batch union select owner_id from batch) as people on conflict do nothing`,
  `insert into chat.threads
     (id, context, context_id, context_version, context_status, last_seq, last_message_at, created_at, event_id)
   select id, case when is_group then 'event' else 'direct' end, id, 1, 'active', 10, at, at, case when is_group then id end
   from batch`,
  `insert into chat.members (thread_id, user_id, role, sent_count)
   select id, owner_id, 'guest', 5 from batch
   union all select id, peer_id, case when is_group then 'host' else 'guest' end, 5 from batch`,
  `insert into chat.conversations (id, user1_id, user2_id, status, matched, last_activity, created_at)
   select id, least(peer_id, owner_id), greatest(peer_id, owner_id), 'active', true, at, at from batch where not is_group`,
  `insert into chat.gatherings (id, host_id, title, starts_at, activity_type, capacity, cancelled, tag_ids, version)
   select id, peer_id, 'Morning Tennis Match', '2099-03-16T09:00:00Z', 'tennis', 10, false, '{}', 1
   from batch where is_group`,
  `insert into chat.requests (id, status, version, event_id, host_id, guest_id, booking_id, created_at)
   select gen_random_uuid(), 'ACCEPTED', 2, id, peer_id, owner_id, gen_random_uuid(), at from batch where is_group`,
  `insert into chat.messages (thread_id, seq, id, kind, sender_id, body, message_type, created_at)
   select id, seq, gen_random_uuid(), 'user', case when seq % 2 = 0 then owner_id else peer_id end,
          'See you at 8am at the parking lot!', case when is_group then null else 'text' end, at
   from batch, generate_series(1, 10) seq`,
  `insert into chat.messages (thread_id, seq, id, kind, sender_id, body, message_type, created_at)
   select l.id, seq, gen_random_uuid(), 'user', l.peer_id, 'See you at 8am at the parking lot!',
          case when l.is_group then null else 'text' end, now()
   from long l join chat.threads t on t.id = l.id,
        generate_series(t.last_seq + 1, t.last_seq + (select count(*) from batch)) seq`,
  `update chat.threads t
   set last_seq = t.last_seq + (select count(*) from batch), last_message_at = now()
   from long l where t.id = l.id`
]
