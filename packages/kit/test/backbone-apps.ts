import { type Account, defineQuestion, UserRegistered } from '@belay/contracts'
import { type Migration, provision } from '@belay/db'
import { defineSubscriber, type EventTables, recordEvent } from '@belay/events'
import { sql } from 'kysely'
import { type Static, Type } from 'typebox'
import {
  answerer,
  appError,
  type Backbone,
  createServer,
  type KitTables,
  registerBackbone,
  type Server
} from '../src/index.ts'

/** What both services of these tests store. */
export interface TestTables extends EventTables, KitTables {
  users: { id: string; display_name: string; times_applied: number }
}

const NoSuchUser = appError('NO_SUCH_USER', 'User not found', 404)

const FindName = defineQuestion({
  service: 'chat',
  method: 'find-name',
  input: Type.Object({ user_id: Type.String() }),
  output: Type.Object({ name: Type.String() })
})

const migrations: Record<string, Migration> = {
  '20260101T0000_users': {
    async up(db) {
      await sql`create table users (id uuid primary key, display_name text not null, times_applied int not null)`.execute(
        db
      )
    }
  }
}

const onUserRegistered = defineSubscriber<TestTables>()({
  durable: 'chat-user-registered',
  event: UserRegistered,
  async handle({ event, trx }) {
    const { id, display_name } = event.data
    await trx
      .insertInto('users')
      .values({ id, display_name, times_applied: 1 })
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet((row) => ({ times_applied: row('users.times_applied', '+', 1) }))
      )
      .execute()
  }
})

export interface Surroundings {
  postgresUrl: string
  natsUrl: string
}

/** The schemas that the two services live in; tests connect as the superuser. */
export async function provisionSchemas(adminUrl: string): Promise<void> {
  await provision(adminUrl, [
    { name: 'people', password: 'test' },
    { name: 'chat', password: 'test' }
  ])
}

export interface TestApp {
  app: Server
  backbone: Backbone<TestTables>
}

/** Keeps a copy of everyone's name, and returns it. */
export function buildChat(surroundings: Surroundings): Promise<TestApp> {
  return build('chat', surroundings, (app, backbone) => {
    app.get<{ Params: { id: string } }>('/api/users/:id', async ({ params }) => nameOf(backbone, params.id))
  })
}

/** Registers people. */
export function buildPeople(surroundings: Surroundings): Promise<TestApp> {
  return build('people', surroundings, (app, { bus, store }) => {
    app.post('/api/users', async (_request, reply) => {
      const id = app.runtime.newId()
      await store.transaction((trx) => recordEvent(trx, UserRegistered, { subject: id, data: accountOf(id) }))
      return reply.code(201).send({ id })
    })
    app.get<{ Params: { id: string } }>('/api/names/:id', ({ params }) => bus.ask(FindName, { user_id: params.id }))
  })
}

async function build(
  schema: 'people' | 'chat',
  { postgresUrl, natsUrl }: Surroundings,
  addRoutes: (app: Server, backbone: Backbone<TestTables>) => void
): Promise<TestApp> {
  const app = createServer({ service: schema, config: { LOG_LEVEL: 'silent', PUBLIC_URL: 'http://localhost:8080' } })
  const backbone = await registerBackbone<TestTables>(app, {
    config: {
      DATABASE_URL: postgresUrl,
      DATABASE_POOL_MAX: 5,
      EVENT_RETRY_MS: 250,
      NATS_URL: natsUrl,
      NATS_STREAM_REPLICAS: 1
    },
    schema,
    migrations,
    subscribers: schema === 'chat' ? [onUserRegistered] : [],
    questions: (made) => (schema === 'chat' ? [answerer(FindName, ({ user_id }) => nameOf(made, user_id))] : [])
  })
  addRoutes(app, backbone)
  await app.ready()
  return { app, backbone }
}

async function nameOf({ db }: Backbone<TestTables>, id: string): Promise<{ name: string }> {
  const user = await db.selectFrom('users').select('display_name').where('id', '=', id).executeTakeFirst()
  if (user === undefined) throw new NoSuchUser()
  return { name: user.display_name }
}

function accountOf(id: string): Static<typeof Account> {
  return { id, display_name: 'Ada', avatar: null, bio: '', tier: 'free', role: 'user', disabled: false, version: 1 }
}
