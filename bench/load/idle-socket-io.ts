/** Opens Socket.IO connections that stay idle, as many again on request, and keeps them open. */
import { Pool } from 'undici'
import { makeMatches } from '../lib/matches.ts'
import { openSocketIo } from '../lib/socket-io.ts'

const [origin = '', pairCount = '50', perPerson = '20'] = process.argv.slice(2)

const pool = new Pool(origin, { connections: 10 })
const matches = await makeMatches(pool, Number(pairCount))

async function openAll(): Promise<number> {
  for (const { one, other } of matches) {
    const tokens = Array.from({ length: Number(perPerson) }, () => [one.token, other.token]).flat()
    await Promise.all(tokens.map((token) => openSocketIo(origin, token)))
  }
  return matches.length * 2 * Number(perPerson)
}

// The first ones make the servers' heaps grow to what a crowd of arrivals takes; each further one adds what it costs.
process.send?.({ open: await openAll() })
process.once('message', async () => process.send?.({ open: await openAll() }))
