import { migrate } from '@belay/db'
import { eventMigrations } from '@belay/events'
import { kitMigrations } from '@belay/kit'
import { createTestDatabase, openQueryPlans, type QueryPlans } from '@belay/testing'
import { migrations } from '#migrations'
import type { ChatDatabase } from '#src/schema.ts'

const schema = 'chat'

const idIn = (table: string) => (number: number) =>
  `${table}000000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`
const sqlId = (table: string, number: string) =>
  `('${table}000000-0000-7000-8000-' || lpad(to_hex(${number}), 12, '0'))::uuid`

export const personId = idIn('0a')
export const conversationId = idIn('0b')
export const requestId = idIn('0c')
/** The last one of a conversation; the one of the request comes before it. */
export const lastMessageId = (conversation: number) => idIn('0d')(conversation * 2)
/** When a conversation was last active. */
export const activeAt = (conversation: number) => new Date(Date.UTC(2026, 0, 1) + conversation * 1_000)

/** This person has the conversations 1 to 10,000, as the first one of the pair in half of them. */
export const sociable = personId(5_001)

/** 100,000 conversations with two messages and a receipt each, made inside PostgreSQL. */
const statements = [
  `insert into users (id, display_name, tier, role, disabled, version)
   select ${sqlId('0a', 'n')}, 'Ana', 'premium', 'user', false, 1 from generate_series(1, 130001) as n`,
  `insert into presence (user_id, online, last_active)
   select ${sqlId('0a', 'n')}, n % 10 = 0, now() from generate_series(1, 130001) as n`,
  `create temporary table pairs as
   select n, ${sqlId('0b', 'n')} as id, ${sqlId('0a', 'one')} as user1_id, ${sqlId('0a', 'other')} as user2_id,
          timestamptz '2026-01-01 00:00Z' + n * interval '1 second' as at,
          case when n % 10 < 6 then 'active' when n % 10 < 8 then 'archived' when n % 10 = 8 then 'blocked' end as status
   from generate_series(1, 100000) as n, lateral (
     select case when n <= 5000 then n when n <= 10000 then 5001 else 20000 + n / 9 end as one,
            case when n <= 5000 then 5001 when n <= 10000 then n + 1 else 30000 + n end as other
   ) as people`,
  `insert into conversations (id, user1_id, user2_id, status, matched, last_activity, created_at)
   select id, user1_id, user2_id, status, true, at, at from pairs`,
  `insert into threads (id, context, context_id, context_version, context_status, last_seq, last_message_at, created_at)
   select id, 'direct', id, 1, 'active', 2, at, at from pairs`,
  `insert into members (thread_id, user_id, last_read_seq)
   select id, user_id, 1 from pairs, unnest(array[user1_id, user2_id]) as user_id`,
  `insert into messages (thread_id, seq, id, kind, sender_id, body, created_at, message_type)
   select id, seq, ${sqlId('0d', 'n * 2 + seq - 2')}, 'user', case seq when 1 then user1_id else user2_id end,
          'Hello', at, 'text'
   from pairs, generate_series(1, 2) as seq`,
  `insert into read_receipts (thread_id, user_id, up_to_seq, read_at) select id, user2_id, 1, at from pairs`,
  `insert into message_requests (id, conversation_id, sender_id, receiver_id, message_id, content, status, created_at,
                                 updated_at)
   select ${sqlId('0c', 'n')}, id, case when n % 2 = 0 then user1_id else user2_id end,
          case when n % 2 = 0 then user2_id else user1_id end, ${sqlId('0d', 'n * 2 - 1')}, 'Hello',
          (array['pending', 'accepted', 'declined', 'cancelled'])[n / 2 % 4 + 1], at, at
   from pairs`,
  `insert into blocks (blocker_id, blocked_id, active, version)
   select user1_id, user2_id, status = 'blocked', 1 from pairs where n % 2 = 0 or status = 'blocked'`,
  'analyze'
]

/** Creates the database of a chat that has been used for long. */
export async function createFullDatabase(): Promise<{ plans: QueryPlans<ChatDatabase>; drop(): Promise<void> }> {
  const { url, drop } = await createTestDatabase()
  await migrate({ url, schema, migrations: { ...eventMigrations, ...kitMigrations, ...migrations } })
  const plans = openQueryPlans<ChatDatabase>({ url, schema })
  await plans.load(statements)
  return {
    plans,
    async drop() {
      await plans.close()
      await drop()
    }
  }
}
