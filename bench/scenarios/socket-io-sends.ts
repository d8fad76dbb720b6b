import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { createDatabase, freePort, type RunningSystem } from '@belay/launcher'
import { Pool } from 'undici'
import { allConsumed } from '../lib/consumed.ts'
import { makeMatches } from '../lib/matches.ts'
import { measure } from '../lib/measure.ts'
import { printMeasurement } from '../lib/print.ts'

const generator = new URL('../load/socket-io-sends.ts', import.meta.url)
const pairCount = 50

/** 50 at a time for 15 s after a warm-up of 3 s, and the same against a chat that keeps none of the promises. */
export async function runSocketIoSends(system: RunningSystem): Promise<void> {
  const pool = new Pool(system.url, { connections: 10 })
  const matches = await makeMatches(pool, pairCount)
  await pool.close()
  const pairs = matches.map(({ conversationId, one, other }) => ({
    conversationId,
    sender: one.token,
    receiver: other.token
  }))
  const measured = await measure(system, generator, {
    args: [system.url, '3', '15'],
    input: { pairs },
    drained: () => allConsumed(system.postgresUrl)
  })
  printMeasurement('Sends over Socket.IO: 50 pairs in closed loop, acknowledged and delivered', measured)
  await measurePeer(system)
}

async function measurePeer({ postgresUrl }: RunningSystem): Promise<void> {
  const database = await createDatabase(postgresUrl, 'peer')
  const port = await freePort()
  const peer = fork(fileURLToPath(new URL('../peers/socket-io.ts', import.meta.url)), [
    database,
    String(port),
    String(pairCount)
  ])
  try {
    const [input]: { pairs: object[] }[] = await once(peer, 'message')
    const processes = [{ pid: peer.pid, service: 'peer' }]
    const measured = await measure({ processes }, generator, {
      args: [`http://127.0.0.1:${port}`, '3', '15'],
      ...(input && { input })
    })
    printMeasurement('The same against Socket.IO, a pool and rooms, in one process', measured)
  } finally {
    peer.kill()
  }
}
