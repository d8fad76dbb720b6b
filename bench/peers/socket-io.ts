/**
 * A chat as it is usually begun: Socket.IO, a pool of PostgreSQL connections, a room for each conversation. It checks
 * tokens and memberships and stores each message in a transaction before it emits it. It has no event, no recovery, no
 * order across processes, no limit and no presence. Makes its own people, and reports their tokens.
 */
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { jwtVerify, SignJWT } from 'jose'
import pg from 'pg'
import { Server } from 'socket.io'

const [databaseUrl = '', port = '0', pairCount = '50'] = process.argv.slice(2)
const secret = new TextEncoder().encode(randomUUID())
const pool = new pg.Pool({ connectionString: databaseUrl, max: 20 })

interface Send {
  conversation_id: string
  content: string
}

async function store(senderId: string, { conversation_id, content }: Send) {
  const client = await pool.connect()
  try {
    const { rowCount } = await client.query(
      'select 1 from conversations where id = $1 and status = $3 and (user1_id = $2 or user2_id = $2)',
      [conversation_id, senderId, 'active']
    )
    if (rowCount !== 1) throw new Error('not a member')
    const id = randomUUID()
    await client.query('begin')
    const { rows } = await client.query<{ created_at: Date }>(
      'insert into messages (id, conversation_id, sender_id, content) values ($1, $2, $3, $4) returning created_at',
      [id, conversation_id, senderId, content]
    )
    await client.query('update conversations set last_message_id = $2, last_activity = now() where id = $1', [
      conversation_id,
      id
    ])
    await client.query('commit')
    return { message_id: id, conversation_id, sender_id: senderId, content, created_at: rows[0]?.created_at }
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}

async function makePair() {
  const [sender, receiver, conversationId] = [randomUUID(), randomUUID(), randomUUID()]
  await pool.query('insert into conversations (id, user1_id, user2_id) values ($1, $2, $3)', [
    conversationId,
    sender,
    receiver
  ])
  return { conversationId, sender: await tokenOf(sender), receiver: await tokenOf(receiver) }
}

const tokenOf = (userId: string) =>
  new SignJWT().setProtectedHeader({ alg: 'HS256' }).setSubject(userId).setExpirationTime('1h').sign(secret)

await pool.query(`
  create table conversations (
    id uuid primary key, user1_id uuid not null, user2_id uuid not null, status text not null default 'active',
    last_message_id uuid, last_activity timestamptz not null default now());
  create index on conversations (user1_id);
  create index on conversations (user2_id);
  create table messages (
    id uuid primary key, conversation_id uuid not null references conversations (id), sender_id uuid not null,
    content text not null, created_at timestamptz not null default now());
  create index on messages (conversation_id, created_at)`)

const server = createServer()
const io = new Server(server)
io.on('connection', async (socket) => {
  const { payload } = await jwtVerify(String(socket.handshake.auth['token']), secret)
  const userId = String(payload.sub)
  const { rows } = await pool.query<{ id: string }>(
    'select id from conversations where user1_id = $1 or user2_id = $1',
    [userId]
  )
  await socket.join(rows.map(({ id }) => id))
  socket.on('send_message', async (message: Send, acknowledge: (answer: object) => void) => {
    try {
      const stored = await store(userId, message)
      io.to(message.conversation_id).emit('new_message', stored)
      acknowledge({ success: true, data: stored })
    } catch {
      acknowledge({ success: false })
    }
  })
  socket.emit('authenticated', { user_id: userId })
})
server.listen(Number(port), '127.0.0.1')
const pairs = await Promise.all(Array.from({ length: Number(pairCount) }, makePair))
process.send?.({ pairs })
