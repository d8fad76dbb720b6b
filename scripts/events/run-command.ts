import type { Bus } from '@belay/bus'
import {
  BeginEpoch,
  type DatabaseService,
  listParkedIn,
  type QuestionOutput,
  replayParkedIn,
  replayStreamIn
} from '@belay/contracts'
import { firstLine } from '@belay/launcher'
import type { Command } from './command-line.ts'

/** What a running system is asked for over its NATS. */
export type BusCommand = Exclude<Command, { name: 'subscriber-url' | 'nats-config' }>

type Say = (line: string) => void

/** A page is a few hundred events; a service that is starting or busy is waited for. */
const patience = { timeoutMs: 60_000 }

/** Carries a command out and answers the exit code. Rejects when the service does not answer. */
export async function runCommand(bus: Bus, command: BusCommand, say: Say): Promise<number> {
  switch (command.name) {
    case 'parked':
      return showParked(bus, command.services, say)
    case 'replay-parked':
      return replayParked(bus, command.service, command.durable, say)
    case 'replay-stream':
      return replayStream(bus, command.service, command.since, say)
    case 'begin-epoch':
      return beginEpoch(bus, say)
  }
}

/** Shows what can be shown: services that are away do not hide the others. */
async function showParked(bus: Bus, services: readonly DatabaseService[], say: Say): Promise<number> {
  let count = 0
  let away = 0
  for (const service of services) {
    try {
      for await (const one of listParked(bus, service)) {
        count += 1
        say(`${one.parked_at}  ${one.durable}  ${one.type ?? 'no event'}  ${one.event_id ?? ''}`.trimEnd())
        say(`    ${one.reason.replaceAll('\n', '\n    ')}`)
      }
    } catch (error) {
      away += 1
      say(`${service}: ${firstLine(error)}`)
    }
  }
  say(count === 1 ? '1 event is parked.' : `${count} events are parked.`)
  return away === 0 ? 0 : 1
}

type Parked = QuestionOutput<ReturnType<typeof listParkedIn>>['parked'][number]

async function* listParked(bus: Bus, service: DatabaseService): AsyncGenerator<Parked> {
  for (let after_id: number | null = 0; after_id !== null;) {
    const page: QuestionOutput<ReturnType<typeof listParkedIn>> = await bus.ask(
      listParkedIn(service),
      { durable: null, after_id },
      patience
    )
    yield* page.parked
    after_id = page.next
  }
}

async function replayParked(bus: Bus, service: DatabaseService, durable: string | null, say: Say): Promise<number> {
  const total = { replayed: 0, remaining: 0 }
  for (let after_id: number | null = 0; after_id !== null;) {
    const page: QuestionOutput<ReturnType<typeof replayParkedIn>> = await bus.ask(
      replayParkedIn(service),
      { durable, after_id },
      patience
    )
    total.replayed += page.replayed
    total.remaining += page.remaining
    after_id = page.next
  }
  say(`${service}: ${total.replayed} applied, ${total.remaining} still parked.`)
  return 0
}

async function replayStream(bus: Bus, service: DatabaseService, since: string | null, say: Say): Promise<number> {
  let published = 0
  let until: number | null = null
  for (let after: number | null = 0; after !== null;) {
    const page: QuestionOutput<ReturnType<typeof replayStreamIn>> = await bus.ask(
      replayStreamIn(service),
      { since, after, until },
      patience
    )
    published += page.published
    until = page.until
    after = page.next
  }
  say(`${service}: ${published} published again.`)
  return 0
}

async function beginEpoch(bus: Bus, say: Say): Promise<number> {
  const { epoch } = await bus.ask(BeginEpoch, {}, patience)
  say(`chat: epoch ${epoch} begins; sockets are reset within seconds.`)
  return 0
}
