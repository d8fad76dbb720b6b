import { isUuid } from '@belay/contracts'
import { Ajv, type AnySchema, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import type { FastifyInstance } from 'fastify'
import type { Static, TSchema } from 'typebox'
import type { FieldFault } from '../errors/app-error.ts'
import { describeFaults } from './describe-faults.ts'
import { isEmail } from './email.ts'
import { lowercaseKeyword, trimKeyword } from './keywords.ts'

/** Checks bodies without conversion, and parses numbers and booleans in queries, paths and headers. */
export function installValidation(app: FastifyInstance): void {
  const strict = createCompiler({ coerce: false })
  const coercing = createCompiler({ coerce: true })
  app.setValidatorCompiler<AnySchema>(({ schema, httpPart }) => (httpPart === 'body' ? strict : coercing)(schema))
}

/** The outcome of a check: the normalised value (trimmed, defaults applied), or what is wrong with it. */
export type Checked<T> = { ok: true; value: T } | { ok: false; errors: FieldFault[] }

let compileStrict: Compile | undefined

/** Checks values from outside HTTP, such as socket frames, by the rules for bodies. */
export function createValidator<S extends TSchema>(schema: S): (data: unknown) => Checked<Static<S>> {
  compileStrict ??= createCompiler({ coerce: false })
  const validate = compileStrict(schema)
  const conforms = (data: unknown): data is Static<S> => validate(data)
  return (data) =>
    conforms(data) ? { ok: true, value: data } : { ok: false, errors: describeFaults(validate.errors ?? []) }
}

/** Compiles a schema; compiled functions modify the values that they check (trimming, defaults). */
type Compile = (schema: AnySchema) => ValidateFunction

/**
 * A compiler of schemas. Lengths count Unicode code points, `trim` is applied, UUIDs become lower case. With `coerce`,
 * text is parsed as the number or boolean that the schema requires.
 */
function createCompiler(options: { coerce: boolean }): Compile {
  const ajv = new Ajv({
    // The schemas come from TypeBox: checking each against the meta-schema would take a tenth of a service's start.
    meta: false,
    validateSchema: false,
    allErrors: true,
    coerceTypes: options.coerce ? 'array' : false,
    useDefaults: true,
    // Coercion parses "Infinity" as a number, and the bounds of strict numbers then let it pass as none.
    strictNumbers: !options.coerce,
    // Many routes use schemas with the same `$id`.
    addUsedSchema: false,
    allowUnionTypes: true,
    strictTypes: false,
    keywords: [trimKeyword, lowercaseKeyword]
  })
  addFormats.default(ajv)
  // The format of the library also accepts `urn:uuid:…`, which a database column rejects.
  ajv.addFormat('uuid', isUuid)
  // The library only accepts ASCII addresses.
  ajv.addFormat('idn-email', isEmail)
  return (schema) => ajv.compile(withLowercaseIds(schema))
}

/** Returns a copy of a schema that converts every UUID to lower case. */
function withLowercaseIds(schema: AnySchema): AnySchema {
  return typeof schema === 'boolean' ? schema : copyObject(schema)
}

function copyObject(schema: object): Record<string, unknown> {
  const copy: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(schema)) copy[key] = copyValue(value)
  if (copy.type === 'string' && copy.format === 'uuid') copy.lowercase = true
  return copy
}

function copyValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyValue)
  return typeof value === 'object' && value !== null ? copyObject(value) : value
}
