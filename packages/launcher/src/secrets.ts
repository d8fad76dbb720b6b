import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { BusLogin, DatabaseService } from '@belay/contracts'
import { Type } from 'typebox'
import { readJson } from './data-folder.ts'
import { damaged } from './launch-error.ts'

/** The secrets of the system on one data folder. */
export interface Secrets {
  /** Of each service's database role. */
  databasePasswords: Record<DatabaseService, string>
  /** Encrypts the signing keys at rest. */
  keyEncryptionSecret: string
  /** Of each login of the NATS server. */
  natsPasswords: Record<BusLogin, string>
  /** Proves to the services that a call comes from the gateway. */
  gatewaySecret: string
}

/** New random secrets. */
export function makeSecrets(): Secrets {
  return {
    databasePasswords: { people: random(), sessions: random(), chat: random(), notifications: random() },
    keyEncryptionSecret: randomBytes(32).toString('base64url'),
    natsPasswords: {
      people: random(),
      sessions: random(),
      chat: random(),
      notifications: random(),
      'realtime-gateway': random(),
      operator: random(),
      subscriber: random()
    },
    gatewaySecret: random()
  }
}

function random(): string {
  return randomBytes(24).toString('base64url')
}

/** Returns the secrets of a data folder; creates them when it has not been used yet. */
export function secretsOf(dataDir: string): Secrets {
  mkdirSync(dataDir, { recursive: true, mode: 0o711 })
  return keepSecrets(join(dataDir, 'secrets.json'), !existsSync(join(dataDir, 'postgres', 'cluster')))
}

/**
 * Returns the secrets in `file` (mode 0600), and adds those that an older release did not have. When the file is missing
 * they are created, but on a folder that has been used before (`isNew` false) that is damage: data encrypted with them
 * would be lost.
 */
function keepSecrets(file: string, isNew: boolean): Secrets {
  if (!existsSync(file)) {
    if (!isNew) throw damaged(dirname(file), 'secrets.json: it is missing')
    write(file, makeSecrets())
  }
  const found = readJson(file, storedSecrets)
  if (found === undefined) throw damaged(dirname(file), 'secrets.json: it cannot be read')
  const fresh = makeSecrets()
  const secrets = { ...fresh, ...found, natsPasswords: { ...fresh.natsPasswords, ...found.natsPasswords } }
  if (JSON.stringify(secrets) !== JSON.stringify(found)) write(file, secrets)
  return secrets
}

function write(file: string, secrets: Secrets): void {
  const temporary = `${file}.new`
  writeFileSync(temporary, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600, flush: true })
  renameSync(temporary, file)
}

const text = Type.String()

/** What the file must contain: the rest can be replaced without losing data. */
const storedSecrets = Type.Object({
  databasePasswords: Type.Object({ people: text, sessions: text, chat: text, notifications: text }),
  keyEncryptionSecret: text,
  natsPasswords: Type.Optional(Type.Record(text, text)),
  gatewaySecret: Type.Optional(text)
})
