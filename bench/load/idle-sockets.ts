/** Opens sockets that stay idle, as many again on request, and keeps them open. */
import { WebSocket } from 'ws'
import { receiveInput } from '../lib/input.ts'

export interface IdleSocketsInput {
  /** By which something is replayed. */
  urls: readonly string[]
}

const [perPerson = '20'] = process.argv.slice(2)
const { urls } = await receiveInput<IdleSocketsInput>()

function open(url: string): Promise<unknown> {
  const socket = new WebSocket(url, { perMessageDeflate: false })
  return new Promise((resolve, reject) => {
    // The replayed message shows that the socket is authenticated.
    socket.once('message', resolve)
    socket.once('error', reject)
    socket.once('close', (code) => reject(new Error(`closed with ${code}`)))
  })
}

async function openAll(): Promise<number> {
  for (const url of urls) await Promise.all(Array.from({ length: Number(perPerson) }, () => open(url)))
  return urls.length * Number(perPerson)
}

// The first ones make the servers' heaps grow to what a crowd of arrivals takes; each further one adds what it costs.
process.send?.({ open: await openAll() })
process.once('message', async () => process.send?.({ open: await openAll() }))
