import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { databaseServices, type DatabaseService } from './service-list.ts'
import { LaunchError } from './launch-error.ts'

/** What one data folder's system is locked with. */
export interface Secrets {
  /** Of each service's database role. */
  databasePasswords: Record<DatabaseService, string>
  /** Encrypts the signing keys at rest. */
  keyEncryptionSecret: string
}

/** New random secrets. */
export function makeSecrets(): Secrets {
  const random = () => randomBytes(24).toString('base64url')
  const databasePasswords = { people: random(), sessions: random(), chat: random(), notifications: random() }
  return { databasePasswords, keyEncryptionSecret: randomBytes(32).toString('base64url') }
}

/**
 * The secrets kept in `file` (mode 0600). They are made when there are none, which on a folder that has been used
 * before (`isNew` false) means damage: what was encrypted with them could not be read any more.
 */
export function keepSecrets(file: string, isNew: boolean): Secrets {
  if (!existsSync(file)) {
    if (!isNew) throw damaged(file, 'it is missing')
    const temporary = `${file}.new`
    writeFileSync(temporary, `${JSON.stringify(makeSecrets(), null, 2)}\n`, { mode: 0o600, flush: true })
    renameSync(temporary, file)
  }
  const secrets = parse(readFileSync(file, 'utf8'))
  if (!secrets) throw damaged(file, 'it cannot be read')
  return secrets
}

function damaged(file: string, what: string): LaunchError {
  const advice = 'restore it from a backup, or move the folder away to begin anew'
  return new LaunchError(`the data folder is damaged: ${file}: ${what}; ${advice}`)
}

function parse(text: string): Secrets | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isSecrets(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isSecrets(value: unknown): value is Secrets {
  if (!isRecord(value) || typeof value.keyEncryptionSecret !== 'string') return false
  const passwords = value.databasePasswords
  return isRecord(passwords) && databaseServices.every((name) => typeof passwords[name] === 'string')
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
