import { isUuid } from '@belay/contracts'
import { Ajv, type AnySchema, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import type { FastifyInstance } from 'fastify'
import type { Static, TSchema } from 'typebox'
import type { FieldFault } from '../errors/app-error.ts'
import { describeFaults } from './describe-faults.ts'
import { isEmail } from './email.ts'
import { lowercaseKeyword, trimKeyword } from './keywords.ts'

/** Checks bodies as they are, and reads numbers and booleans out of the text of queries, paths and headers. */
export function installValidation(app: FastifyInstance): void {
  const strict = createCompiler({ coerce: false })
  const coercing = createCompiler({ coerce: true })
  app.setValidatorCompiler<AnySchema>(({ schema, httpPart }) => (httpPart === 'body' ? strict : coercing)(schema))
}

/** The outcome of a check: the value as the schema has it (trimmed, defaults filled in), or what is wrong with it. */
export type Checked<T> = { ok: true; value: T } | { ok: false; errors: FieldFault[] }

let compileStrict: Compile | undefined

/** A check of values that come in no HTTP body, such as socket frames, by the very rules of bodies. */
export function createValidator<S extends TSchema>(schema: S): (data: unknown) => Checked<Static<S>> {
  compileStrict ??= createCompiler({ coerce: false })
  const validate = compileStrict(schema)
  const conforms = (data: unknown): data is Static<S> => validate(data)
  return (data) =>
    conforms(data) ? { ok: true, value: data } : { ok: false, errors: describeFaults(validate.errors ?? []) }
}

/** Compiles a schema; compiled functions write into what they check (trimming, defaults). */
type Compile = (schema: AnySchema) => ValidateFunction

/**
 * A compiler of schemas. Lengths count Unicode code points, `trim` is obeyed, UUIDs become lower case. With `coerce`
 * text is read as the number or boolean that the schema asks for.
 */
function createCompiler(options: { coerce: boolean }): Compile {
  const ajv = new Ajv({
    // TypeBox wrote the schemas: checking each against the schema of schemas would take a tenth of a service's start.
    meta: false,
    validateSchema: false,
    allErrors: true,
    coerceTypes: options.coerce ? 'array' : false,
    useDefaults: true,
    // Coercion reads "Infinity" as a number, and the bounds of strict numbers then let it pass as none.
    strictNumbers: !options.coerce,
    // Schemas with the same `$id` come from many routes.
    addUsedSchema: false,
    allowUnionTypes: true,
    strictTypes: false,
    keywords: [trimKeyword, lowercaseKeyword]
  })
  addFormats.default(ajv)
  // The format of the library takes `urn:uuid:…` as well, which a database column does not.
  ajv.addFormat('uuid', isUuid)
  // The library has no addresses beyond ASCII.
  ajv.addFormat('idn-email', isEmail)
  return (schema) => ajv.compile(withLowercaseIds(schema))
}

/** A copy of a schema in which every UUID is put into lower case while it is checked. */
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
