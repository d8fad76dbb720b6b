import type { Static, TSchema } from 'typebox'
import type { FieldFault } from '../errors/app-error.ts'
import { type Compile, createCompiler } from './ajv.ts'
import { describeFaults } from './describe-faults.ts'

/** The outcome of a check: the value as the schema has it (trimmed, defaults filled in), or what is wrong with it. */
export type Checked<T> = { ok: true; value: T } | { ok: false; errors: FieldFault[] }

let compile: Compile | undefined

/** A check of values that come in no HTTP body, such as socket frames, by the very rules of bodies. */
export function createValidator<S extends TSchema>(schema: S): (data: unknown) => Checked<Static<S>> {
  compile ??= createCompiler({ coerce: false })
  const validate = compile(schema)
  const conforms = (data: unknown): data is Static<S> => validate(data)
  return (data) =>
    conforms(data) ? { ok: true, value: data } : { ok: false, errors: describeFaults(validate.errors ?? []) }
}
