/** Opens Socket.IO connections that stay idle, as many again on request, and keeps them open. */
import { receiveInput } from '../lib/input.ts'
import { openSocketIo } from '../lib/socket-io.ts'

export interface IdleSocketIoInput {
  origin: string
  tokens: readonly string[]
}

const [perPerson = '20'] = process.argv.slice(2)
const { origin, tokens } = await receiveInput<IdleSocketIoInput>()

async function openAll(): Promise<number> {
  for (const token of tokens)
    await Promise.all(Array.from({ length: Number(perPerson) }, () => openSocketIo(origin, token)))
  return tokens.length * Number(perPerson)
}

// The first ones make the servers' heaps grow to what a crowd of arrivals takes; each further one adds what it costs.
process.send?.({ open: await openAll() })
process.once('message', async () => process.send?.({ open: await openAll() }))
