import { randomUUID } from 'node:crypto'
import { createDatabase, migrate } from '@belay/db'
import { createStore, eventMigrations } from '@belay/events'
import { kitMigrations, systemRuntime } from '@belay/kit'
import { createTestDatabase } from '@belay/testing'
import { sql } from 'kysely'
import { pino } from 'pino'
import { afterAll } from 'vitest'
import { migrations } from '#migrations'
import type { MessageLimits } from '#src/messages/budgets.ts'
import { MessageLog, type MessageLogOptions } from '#src/messages/message-log.ts'
import { SendCounts } from '#src/messages/send-counts.ts'
import type { ChatDatabase, ThreadRow } from '#src/schema.ts'

const schema = 'chat'
const log = pino({ level: 'silent' })
const noLimits: MessageLimits = { session: null, direct: null, socket: null }

/** The chat's database of a test file, without any process, and logs over it: each is what a replica has. */
export async function useLogs() {
  const database = await createTestDatabase()
  await migrate({ url: database.url, schema, migrations: { ...eventMigrations, ...kitMigrations, ...migrations } })
  const db = createDatabase<ChatDatabase>({
    url: database.url,
    schema,
    poolMax: 4,
    applicationName: 'message-log-test'
  })
  afterAll(async () => {
    await db.destroy()
    await database.drop()
  })
  const { clock, newId } = systemRuntime
  const store = createStore<ChatDatabase>({
    db,
    source: 'chat',
    clock,
    newId,
    log,
    publish: async () => undefined,
    applyTo: async () => undefined
  })
  const openLog = (publish: MessageLogOptions['publish'] = () => undefined, limits: MessageLimits = noLimits) =>
    new MessageLog({ db, store, runtime: systemRuntime, limits, log, counts: new SendCounts(), publish })

  async function makeUser(): Promise<string> {
    const id = randomUUID()
    const user = { display_name: 'Ana', avatar: null, tier: 'free', role: 'user', disabled: false, version: 1 } as const
    await db
      .insertInto('users')
      .values({ id, ...user })
      .execute()
    return id
  }

  async function makeThread(context: ThreadRow['context'], context_status: string, userIds: readonly string[]) {
    const id = randomUUID()
    const now = clock.now()
    const plan = { context, context_id: id, context_version: 1, context_status, event_id: null, only_sender_id: null }
    await db
      .insertInto('threads')
      .values({ id, ...plan, last_message_at: null, created_at: now })
      .execute()
    for (const user_id of userIds) await db.insertInto('members').values({ thread_id: id, user_id }).execute()
    return id
  }

  /** Resolves when a statement waits for a lock. */
  async function waitForLock(): Promise<void> {
    for (;;) {
      const { rows } = await sql`
        select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(db)
      if (rows.length > 0) return
    }
  }

  return { db, openLog, makeUser, makeThread, waitForLock }
}
