// npm run events -- parked | replay-parked | replay-stream | begin-epoch: for events that went wrong and for databases that
// were restored. docs/events.md tells when.
import { connectBus } from '@belay/bus'
import { findRunning, firstLine } from '@belay/launcher'
import { pino } from 'pino'
import { readCommand } from './events/command-line.ts'
import { runCommand } from './events/run-command.ts'

process.exitCode = await main()

async function main(): Promise<number> {
  try {
    const command = readCommand(process.argv.slice(2))
    const bus = await connect(natsUrl())
    try {
      return await runCommand(bus, command, (line) => void process.stdout.write(`${line}\n`))
    } finally {
      await bus.close()
    }
  } catch (error) {
    process.stderr.write(`belay: ${firstLine(error)}\n`)
    return 1
  }
}

/** Of the system to talk to: the one that is named, or the one that `npm start` runs on the data folder. */
function natsUrl(): string {
  const { env } = process
  return env.NATS_URL || findRunning(env.BELAY_DATA_DIR || '.belay').natsUrl
}

async function connect(url: string) {
  const bus = await connectBus({ url, name: 'events', log: pino({ level: 'silent' }) })
  if (bus.status() === 'connected') return bus
  await bus.close()
  throw new Error('NATS does not answer; NATS_URL says where it is')
}
