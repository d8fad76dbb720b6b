import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import envSchema from 'env-schema'
import type { Static, TObject } from 'typebox'
import { ConfigError } from './config-error.ts'
import { hasFaults, violationsOf } from './violations.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Configured like env-schema's own instance, without the meta-schema: compiling it takes most of a call's time. */
const ajv = new Ajv({
  meta: false,
  validateSchema: false,
  allErrors: true,
  removeAdditional: true,
  useDefaults: true,
  coerceTypes: true,
  addUsedSchema: false,
  keywords: [envSchema.keywords.separator]
})
addFormats.default(ajv)

/**
 * Returns the frozen values of a schema's variables: numbers and booleans parsed from text, defaults applied. An empty
 * string counts as unset; variables that the schema doesn't name are ignored. A string with `separator: ','` in its schema
 * becomes an array.
 * @throws ConfigError with every violation at once
 */
export function loadConfig<S extends TObject>(schema: S, env: Environment): Readonly<Static<S>> {
  try {
    const config = envSchema<Static<S>>({
      // Copied: env-schema writes into the schema it is given.
      schema: { ...schema },
      data: pick(env, Object.keys(schema.properties)),
      env: false,
      ajv
    })
    return Object.freeze(config)
  } catch (error) {
    if (hasFaults(error)) throw new ConfigError(violationsOf(error.errors))
    throw error
  }
}

function pick(env: Environment, names: string[]): Record<string, string> {
  const picked: Record<string, string> = {}
  for (const name of names) {
    const value = env[name]?.trim()
    if (value) picked[name] = value
  }
  return picked
}
