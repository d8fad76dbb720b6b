// npm run events: for events that went wrong, databases that were restored, and services of other teams. docs/events.md
// tells when.
import { connectBus } from '@belay/bus'
import { authorizationBlock, findRunning, firstLine, natsUsers, secretsOf } from '@belay/launcher'
import { pino } from 'pino'
import { readCommand } from './events/command-line.ts'
import { runCommand } from './events/run-command.ts'

const dataDir = process.env.BELAY_DATA_DIR || '.belay'
process.exitCode = await main()

function say(text: string): number {
  process.stdout.write(`${text.trimEnd()}\n`)
  return 0
}

async function main(): Promise<number> {
  try {
    const command = readCommand(process.argv.slice(2))
    if (command.name === 'subscriber-url') return say(findRunning(dataDir).subscriberUrl)
    if (command.name === 'nats-config') return say(authorizationBlock(natsUsers(secretsOf(dataDir).natsPasswords)))
    const bus = await connect(natsUrl())
    try {
      return await runCommand(bus, command, say)
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
  return process.env.NATS_URL || findRunning(dataDir).natsUrl
}

async function connect(url: string) {
  const bus = await connectBus({ url, name: 'operator', stream: 'none', log: pino({ level: 'silent' }) })
  if (bus.status() === 'connected') return bus
  await bus.close()
  throw new Error('NATS does not answer; NATS_URL says where it is')
}
