import { Ajv, type AnySchema, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import { isEmail } from './email.ts'
import { lowercaseKeyword, trimKeyword } from './keywords.ts'
import { withLowercaseIds } from './with-lowercase-ids.ts'

/** Compiles a schema; compiled functions write into what they check (trimming, defaults). */
export type Compile = (schema: AnySchema) => ValidateFunction

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/**
 * A compiler of schemas. Lengths count Unicode code points, `trim` is obeyed, UUIDs become lower case. With `coerce`
 * text is read as the number or boolean that the schema asks for.
 */
export function createCompiler(options: { coerce: boolean }): Compile {
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
  ajv.addFormat('uuid', uuid)
  // The library has no addresses beyond ASCII.
  ajv.addFormat('idn-email', isEmail)
  return (schema) => ajv.compile(withLowercaseIds(schema))
}
