// npm start [-- --separate]: the whole system on one port, until a signal stops it.
import { parseArgs } from 'node:util'
import { firstLine, LaunchError, mergeLogs, serviceNames, startSystem } from '@belay/launcher'

const stopping = new AbortController()
const { env } = process

stopOnSignals()
// The reader of our output may close it ("npm start | head"): stop cleanly then, too.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => stopping.abort())
process.exit(await main())

async function main(): Promise<number> {
  const log = mergeLogs({
    format: env.LOG_FORMAT === 'json' ? 'json' : 'pretty',
    colour: process.stdout.isTTY && !env.NO_COLOR,
    verbose: env.LOG_LEVEL === 'debug' || env.LOG_LEVEL === 'trace',
    write: (text) => void process.stdout.write(text)
  })
  try {
    const publicPort = portOf(env.PORT)
    const isSeparate = separateIn(process.argv.slice(2))
    const system = await startSystem({
      dataDir: env.BELAY_DATA_DIR || '.belay',
      publicPort,
      publicHost: env.HOST || 'localhost',
      databaseUrl: env.DATABASE_URL,
      natsUrl: env.NATS_URL,
      inOneProcess: isSeparate ? [] : serviceNames,
      // At a NATS of one's own there may be other instances.
      soleProcess: !isSeparate && !env.NATS_URL,
      env,
      aborted: stopping.signal,
      log
    })
    process.stdout.write(`belay ready http://localhost:${publicPort}\n`)
    await untilStopped()
    await system.stop()
    return 0
  } catch (error) {
    if (stopping.signal.aborted) return 0
    process.stderr.write(`belay: ${firstLine(error)}\n`)
    if (env.LOG_LEVEL === 'debug' && error instanceof Error) process.stderr.write(`${error.stack}\n`)
    return 1
  }
}

/** Whether each service gets a process of its own. */
function separateIn(args: string[]): boolean {
  try {
    return parseArgs({ args, options: { separate: { type: 'boolean', default: false } } }).values.separate
  } catch {
    throw new LaunchError(`npm start knows only --separate, not "${args.join(' ')}"`)
  }
}

function portOf(text: string | undefined): number {
  if (!text) return 8080
  const port = Number(text)
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new LaunchError(`PORT must be a number from 1 to 65535, not "${text}"`)
  return port
}

function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    if (stopping.signal.aborted) resolve()
    stopping.signal.addEventListener('abort', () => resolve())
  })
}

/** Stops once, however many signals come: Ctrl-C reaches us from the terminal and again from npm. */
function stopOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort())
  // When the process that started us is killed, no signal reaches us any more.
  const parent = process.ppid
  setInterval(() => {
    if (process.ppid !== parent) stopping.abort()
  }, 250).unref()
}
