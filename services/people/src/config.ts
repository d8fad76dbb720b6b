import { ConfigError } from '@belay/config'
import { databaseConfigSchema, isEmail, LimitVariable, serverConfigSchema } from '@belay/kit'
import { type Static, Type } from 'typebox'

/** The variables of the people service. */
export const configSchema = Type.Object({
  ...serverConfigSchema.properties,
  ...databaseConfigSchema.properties,
  ADMIN_EMAIL: Type.Optional(Type.String({ description: 'Administrator whom the first start creates.' })),
  ADMIN_PASSWORD: Type.Optional(Type.String({ minLength: 8, maxLength: 128 })),
  KEY_ENCRYPTION_SECRET: Type.String({ minLength: 32, description: 'Seals the signing keys in the database.' }),
  KEY_ROTATION_DAYS: Type.Number({ minimum: 1, default: 30, description: 'Age at which a signing key is replaced.' }),
  ACCESS_TOKEN_TTL_SECONDS: Type.Integer({ minimum: 1, maximum: 3600, default: 900 }),
  REFRESH_TOKEN_TTL_SECONDS: Type.Integer({ minimum: 60, default: 604_800 }),
  PASSWORD_HASH_CONCURRENCY: Type.Integer({ minimum: 1, maximum: 64, default: 2 }),
  PASSWORD_HASH_WAITING_MAX: Type.Integer({ minimum: 1, default: 100 }),
  LIMIT_LOGIN_FAILURES_PER_15_MINUTES: LimitVariable(10, 'Wrong passwords per account, and per address.')
})

export type PeopleConfig = Readonly<Static<typeof configSchema>>

/** Returns the administrator of the configuration. Throws ConfigError when one of the two variables is missing or malformed. */
export function namedAdmin(config: PeopleConfig): { email: string; password: string } | undefined {
  const { ADMIN_EMAIL: email, ADMIN_PASSWORD: password } = config
  if (email !== undefined && !isEmail(email))
    throw new ConfigError([{ variable: 'ADMIN_EMAIL', problem: 'must be an email address' }])
  if (email !== undefined && password !== undefined) return { email, password }
  if (email === undefined && password === undefined) return undefined
  const variable = email === undefined ? 'ADMIN_EMAIL' : 'ADMIN_PASSWORD'
  throw new ConfigError([{ variable, problem: 'is missing: ADMIN_EMAIL and ADMIN_PASSWORD belong together' }])
}
