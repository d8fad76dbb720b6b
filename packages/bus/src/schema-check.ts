import type { Static, TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'

const MAX_FAULTS = 3
const validators = new WeakMap<TSchema, Validator>()

/** Whether a value fits a schema; the schema is compiled once, at first use. */
export function conforms<Schema extends TSchema>(schema: Schema, value: unknown): value is Static<Schema> {
  return validatorFor(schema).Check(value)
}

/** The first few faults in words, without the values: they may be private. */
export function describeFaults(schema: TSchema, value: unknown): string {
  const faults = validatorFor(schema).Errors(value).slice(0, MAX_FAULTS)
  return faults.map(({ instancePath, message }) => `${instancePath || '/'} ${message}`).join('; ')
}

function validatorFor(schema: TSchema): Validator {
  const known = validators.get(schema)
  if (known !== undefined) return known
  const validator: Validator = Compile(schema)
  validators.set(schema, validator)
  return validator
}
