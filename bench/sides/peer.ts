import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createDatabase, freePort, type RunningPostgres, startPostgres } from '@belay/launcher'
import { peerName, type Plan, type Side } from '../lib/side.ts'
import type { GroupInput } from '../load/group-messages.ts'
import type { HttpSendsInput } from '../load/http-sends.ts'
import type { IdleSocketIoInput } from '../load/idle-socket-io.ts'
import type { SocketIoSendsInput } from '../load/socket-io-sends.ts'
import type { PeerReady } from '../peers/socket-io.ts'

/** A peer and its Postgres. */
export interface RunningPeer {
  side: Side
  stop(): Promise<void>
}

/** Starts the peer with a Postgres of its own, which has the settings of the product's. */
export async function startPeer(plan: Plan, folder: string, log: (line: string) => void): Promise<RunningPeer> {
  const postgres = await startPostgres({ dataDir: join(folder, 'peer'), durable: true, log })
  const port = await freePort()
  const database = await createDatabase(postgres.adminUrl, 'peer')
  const peer = fork(fileURLToPath(new URL('../peers/socket-io.ts', import.meta.url)), [
    database,
    ...[port, plan.pairs, plan.groupSize].map(String)
  ])
  const [ready]: PeerReady[] = await once(peer, 'message')
  if (ready === undefined) throw new Error('the peer reports nothing')
  return {
    side: peerSide(`http://127.0.0.1:${port}`, ready, { peer, postgres }),
    async stop() {
      peer.kill()
      await postgres.stop()
    }
  }
}

function peerSide(
  origin: string,
  { pairs, group }: PeerReady,
  { peer, postgres }: { peer: ChildProcess; postgres: RunningPostgres }
): Side {
  const pathOf = (id: string) => `/conversations/${id}/messages`
  const tokens = pairs.flatMap((pair) => pair.tokens)
  const sends = pairs.map(({ id, tokens: [sender = '', receiver = ''] }) => ({ conversationId: id, sender, receiver }))
  const idle = async () => ({ generator: 'idle-socket-io', input: { origin, tokens } satisfies IdleSocketIoInput })
  const socketSends = async () => ({
    generator: 'socket-io-sends',
    input: { origin, pairs: sends } satisfies SocketIoSendsInput
  })
  const senders = sends.map(({ conversationId, sender }) => ({ path: pathOf(conversationId), token: sender }))
  const members = group.tokens.map((token) => ({ token }))
  return {
    name: peerName,
    comparedWith: [],
    servers: () => [
      { name: 'peer', pid: peer.pid, isNode: true },
      { name: 'postgres', pid: postgres.pid, isNode: false }
    ],
    loads: {
      idleSockets: idle,
      idleSocketIo: idle,
      socketSends,
      socketIoSends: socketSends,
      httpSends: async () => ({ generator: 'http-sends', input: { origin, senders } satisfies HttpSendsInput }),
      group: async () => ({
        generator: 'group-messages',
        input: { origin, path: pathOf(group.id), members } satisfies GroupInput
      })
    }
  }
}
