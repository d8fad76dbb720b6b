import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Log } from './log.ts'
import { natsBinary } from './nats-binary.ts'
import { authorizationBlock, type NatsUser } from './nats-config.ts'
import { freePort } from './ports.ts'
import { type RunningServer, startSupervised } from './supervisor.ts'

/** A nats-server of our own, with JetStream. */
export interface RunningNats extends RunningServer {
  port: number
  /** Without a login. */
  url: string
}

/** How to start it. */
export interface NatsOptions {
  /** Streams are kept here. */
  dataDir: string
  /** Who may log in; without them everybody is let in and may do everything (tests). */
  users?: readonly NatsUser[]
  /** On 127.0.0.1; a free one by default. */
  port?: number
  supervise?: boolean
  /** Gives the start up. */
  aborted?: AbortSignal | undefined
  log: Log
}

/** Starts nats-server with JetStream on `dataDir`. */
export async function startNats(options: NatsOptions): Promise<RunningNats> {
  const binary = await natsBinary({ aborted: options.aborted, log: options.log })
  const port = options.port ?? (await freePort())
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 })
  const config = writeConfig(options)
  const server = await startSupervised(
    {
      name: 'nats',
      command: binary,
      args: [
        '-js',
        '-sd',
        options.dataDir,
        '-a',
        '127.0.0.1',
        '-p',
        String(port),
        '-P',
        join(options.dataDir, 'nats-server.pid'),
        ...config
      ],
      env: { PATH: process.env.PATH, HOME: process.env.HOME, TZ: 'UTC' },
      cwd: '/',
      stopSignal: 'SIGTERM',
      stopWithinMs: 5_000,
      readyWithinMs: 30_000,
      ready: /Server is ready/,
      aborted: options.aborted,
      log: options.log
    },
    options.supervise ?? false
  )
  return Object.assign(server, { port, url: `nats://127.0.0.1:${port}` })
}

/** In a file that only this user can read: everybody can read a command line. */
function writeConfig({ dataDir, users }: NatsOptions): string[] {
  if (users === undefined) return []
  const file = join(dataDir, 'nats.conf')
  // Never the mode of what lay here before.
  rmSync(file, { force: true })
  writeFileSync(file, authorizationBlock(users), { mode: 0o600 })
  return ['-c', file]
}
