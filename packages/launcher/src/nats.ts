import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type BusLogin, busLogins, type BusPermissions, permissionsOf } from '@belay/contracts'
import type { RunOptions } from './child.ts'
import { natsBinary } from './nats-binary.ts'
import { freePort } from './ports.ts'
import { type RunningServer, startSupervised } from './supervisor.ts'

/** A nats-server of our own, with JetStream. */
export interface RunningNats extends RunningServer {
  /** Where streams are kept. */
  dataDir: string
  /** Without a login. */
  url: string
}

/** How to start it. */
export interface NatsOptions extends RunOptions {
  /** Streams are kept here. */
  dataDir: string
  /** The logins; without any, every client may connect and do everything (tests). */
  users?: readonly NatsUser[] | undefined
  /** On 127.0.0.1; a free one by default. */
  port?: number
}

/** Starts nats-server with JetStream on `dataDir`. */
export async function startNats(options: NatsOptions): Promise<RunningNats> {
  const binary = await natsBinary(options)
  const { port = await freePort() } = options
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
        ...(options.users ? ['-c', configFile(options.dataDir)] : [])
      ],
      // On the cores that it shares with everything else, its threads would mostly wake each other up.
      env: { PATH: process.env.PATH, HOME: process.env.HOME, TZ: 'UTC', GOMAXPROCS: '1' },
      cwd: '/',
      prepare: () => writeConfig(options),
      stopSignal: 'SIGTERM',
      stopWithinMs: 5_000,
      readyWithinMs: 30_000,
      ready: /Server is ready/
    },
    options
  )
  return Object.assign(server, { dataDir: options.dataDir, url: `nats://127.0.0.1:${port}` })
}

const configFile = (dataDir: string) => join(dataDir, 'nats.conf')

/** Passwords go into a file that only this user can read: a command line is public. */
function writeConfig({ dataDir, users }: NatsOptions): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const file = configFile(dataDir)
  // A file that exists would keep its mode.
  rmSync(file, { force: true })
  if (users) writeFileSync(file, authorizationBlock(users), { mode: 0o600 })
}

/** A login of a nats-server. */
export interface NatsUser {
  name: string
  password: string
  /** Without any, it may do everything (tests). */
  permissions?: BusPermissions
}

/** Returns the logins of a system, each with the permissions of the contracts. */
export function natsUsers(passwords: Readonly<Record<BusLogin, string>>): NatsUser[] {
  return busLogins.map((name) => ({ name, password: passwords[name], permissions: permissionsOf(name) }))
}

/** Returns the block `authorization` of a nats-server's configuration. It contains passwords: keep it private. */
export function authorizationBlock(users: readonly NatsUser[]): string {
  return `authorization: {\n  users: [\n${users.map(userBlock).join('')}  ]\n}\n`
}

function userBlock({ name, password, permissions }: NatsUser): string {
  const login = `user: ${quoted(name)}, password: ${quoted(password)}`
  if (permissions === undefined) return `    { ${login} }\n`
  const { publish, subscribe } = permissions
  return `    {
      ${login}
      permissions: {
        publish: {
          allow: ${listed(publish.allow)}
          deny: ${listed(publish.deny)}
        }
        subscribe: { allow: ${listed(subscribe.allow)} }
      }
    }
`
}

function listed(subjects: readonly string[]): string {
  return `[${subjects.map((subject) => `\n            ${quoted(subject)}`).join('')}\n          ]`
}

/** Unquoted, text that looks like a number or a variable would be read as one. */
function quoted(text: string): string {
  return JSON.stringify(text)
}

/** Returns a server's URL with a login in it. */
export function withLogin(serverUrl: string, name: string, password: string): string {
  const url = new URL(serverUrl)
  url.username = name
  url.password = password
  return url.href.replace(/\/$/, '')
}
