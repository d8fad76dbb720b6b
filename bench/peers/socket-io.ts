/**
 * A chat as it is usually begun: Socket.IO, a pool of PostgreSQL connections, a room for each conversation, and a route to
 * send by. It checks tokens and memberships and stores each message in a transaction before it emits it. It has no event,
 * no recovery, no order across processes, no limit and no presence. Makes its own people, and reports their tokens.
 */
import { randomUUID } from 'node:crypto'
import Fastify from 'fastify'
import { jwtVerify, SignJWT } from 'jose'
import pg from 'pg'
import { Server } from 'socket.io'

/** Conversations that it makes, each with the tokens of its members. */
export interface PeerReady {
  pairs: { id: string; tokens: string[] }[]
  group: { id: string; tokens: string[] }
}

const [databaseUrl = '', port = '0', pairCount = '50', groupSize = '500'] = process.argv.slice(2)
const secret = new TextEncoder().encode(randomUUID())
const pool = new pg.Pool({ connectionString: databaseUrl, max: 20 })

async function store(senderId: string, conversationId: string, content: string) {
  const client = await pool.connect()
  try {
    const { rowCount } = await client.query('select 1 from members where conversation_id = $1 and user_id = $2', [
      conversationId,
      senderId
    ])
    if (rowCount !== 1) throw new Error('not a member')
    const id = randomUUID()
    await client.query('begin')
    const { rows } = await client.query<{ created_at: Date }>(
      'insert into messages (id, conversation_id, sender_id, content) values ($1, $2, $3, $4) returning created_at',
      [id, conversationId, senderId, content]
    )
    await client.query('update conversations set last_message_id = $2, last_activity = now() where id = $1', [
      conversationId,
      id
    ])
    await client.query('commit')
    return { id, conversation_id: conversationId, sender_id: senderId, content, created_at: rows[0]?.created_at }
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}

async function userOf(token: string): Promise<string> {
  const { payload } = await jwtVerify(token, secret)
  return String(payload.sub)
}

const tokenOf = (userId: string) =>
  new SignJWT().setProtectedHeader({ alg: 'HS256' }).setSubject(userId).setExpirationTime('1d').sign(secret)

async function makeConversation(size: number) {
  const id = randomUUID()
  const members = Array.from({ length: size }, () => randomUUID())
  await pool.query('insert into conversations (id) values ($1)', [id])
  await pool.query('insert into members (conversation_id, user_id) select $1, unnest($2::uuid[])', [id, members])
  return { id, tokens: await Promise.all(members.map(tokenOf)) }
}

await pool.query(`
  create table conversations (
    id uuid primary key, last_message_id uuid, last_activity timestamptz not null default now());
  create table members (
    conversation_id uuid not null references conversations (id), user_id uuid not null,
    primary key (conversation_id, user_id));
  create index on members (user_id);
  create table messages (
    id uuid primary key, conversation_id uuid not null references conversations (id), sender_id uuid not null,
    content text not null, created_at timestamptz not null default now());
  create index on messages (conversation_id, created_at)`)

const app = Fastify()
const io = new Server(app.server)

app.post<{ Params: { id: string }; Body: { body: string; client_msg_id?: string } }>(
  '/conversations/:id/messages',
  async (request, reply) => {
    const userId = await userOf(String(request.headers.authorization).replace('Bearer ', ''))
    const stored = await store(userId, request.params.id, request.body.body)
    io.to(request.params.id).emit('new_message', { ...stored, client_msg_id: request.body.client_msg_id })
    return reply.code(201).send(stored)
  }
)

io.on('connection', async (socket) => {
  const userId = await userOf(String(socket.handshake.auth['token']))
  const { rows } = await pool.query<{ id: string }>('select conversation_id as id from members where user_id = $1', [
    userId
  ])
  await socket.join(rows.map(({ id }) => id))
  socket.on(
    'send_message',
    async (message: { conversation_id: string; content: string }, acknowledge: (answer: object) => void) => {
      try {
        const stored = await store(userId, message.conversation_id, message.content)
        io.to(message.conversation_id).emit('new_message', stored)
        acknowledge({ success: true, data: stored })
      } catch {
        acknowledge({ success: false })
      }
    }
  )
  socket.emit('authenticated', { user_id: userId })
})

const ready: PeerReady = {
  pairs: await Promise.all(Array.from({ length: Number(pairCount) }, () => makeConversation(2))),
  group: await makeConversation(Number(groupSize))
}
await app.listen({ port: Number(port), host: '127.0.0.1' })
process.send?.(ready)
