import { parseArgs } from 'node:util'
import { type DatabaseService, databaseServices } from '@belay/contracts'

/** What is to be done. */
export type Command =
  | { name: 'parked'; services: readonly DatabaseService[] }
  | { name: 'replay-parked'; service: DatabaseService; durable: string | null }
  | { name: 'replay-stream'; service: DatabaseService; since: string | null }
  | { name: 'begin-epoch' }
  | { name: 'subscriber-url' }
  | { name: 'nats-config' }

const usage =
  'usage: npm run events -- parked [service] | replay-parked <service> [durable] | replay-stream <service> [--since <time>] | begin-epoch | subscriber-url | nats-config'

/** Reads the words behind `npm run events --`. Throws in one line what is wrong with them. */
export function readCommand(words: string[]): Command {
  const { values, positionals } = parse(words)
  const [name, service, durable, ...rest] = positionals
  if (rest.length > 0 || (durable !== undefined && name !== 'replay-parked')) throw new Error(usage)
  if (values.since !== undefined && name !== 'replay-stream') throw new Error(usage)
  switch (name) {
    case 'parked':
      return { name, services: service === undefined ? databaseServices : [serviceNamed(service)] }
    case 'replay-parked':
      return { name, service: serviceNamed(service), durable: durable ?? null }
    case 'replay-stream':
      return { name, service: serviceNamed(service), since: timeOf(values.since) }
    case 'begin-epoch':
    case 'subscriber-url':
    case 'nats-config':
      if (service !== undefined) throw new Error(usage)
      return { name }
    default:
      throw new Error(usage)
  }
}

function parse(words: string[]) {
  try {
    return parseArgs({ args: words, allowPositionals: true, options: { since: { type: 'string' } } })
  } catch {
    throw new Error(usage)
  }
}

function serviceNamed(text: string | undefined): DatabaseService {
  const service = databaseServices.find((name) => name === text)
  if (service === undefined) throw new Error(`the services with events are ${databaseServices.join(', ')}; ${usage}`)
  return service
}

function timeOf(text: string | undefined): string | null {
  if (text === undefined) return null
  const time = new Date(text)
  if (Number.isNaN(time.getTime()))
    throw new Error(`--since must be a time such as 2026-11-21T10:00:00Z, not "${text}"`)
  return time.toISOString()
}
