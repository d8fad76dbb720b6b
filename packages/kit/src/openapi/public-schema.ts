import { isObject, type Json, listOf, mapValues } from './document.ts'

/** Every JSON Schema keyword that our schemas use, by the kind of its value. Other keywords are internal. */
const kinds: Readonly<Record<string, 'value' | 'schema' | 'schemas' | 'named schemas'>> = Object.freeze({
  $ref: 'value',
  title: 'value',
  description: 'value',
  type: 'value',
  enum: 'value',
  const: 'value',
  default: 'value',
  examples: 'value',
  deprecated: 'value',
  format: 'value',
  pattern: 'value',
  minLength: 'value',
  maxLength: 'value',
  minimum: 'value',
  maximum: 'value',
  exclusiveMinimum: 'value',
  exclusiveMaximum: 'value',
  multipleOf: 'value',
  minItems: 'value',
  maxItems: 'value',
  uniqueItems: 'value',
  required: 'value',
  minProperties: 'value',
  maxProperties: 'value',
  items: 'schema',
  additionalProperties: 'schema',
  not: 'schema',
  anyOf: 'schemas',
  oneOf: 'schemas',
  allOf: 'schemas',
  properties: 'named schemas',
  patternProperties: 'named schemas'
})

/** Returns a copy of a schema for a published document: without our own keywords, and with one `enum` for constants. */
export function publicSchema(schema: object): Json {
  const known = Object.entries(schema).filter(([keyword]) => keyword in kinds)
  return typed(merged(Object.fromEntries(known.map(([keyword, value]) => [keyword, copied(keyword, value)]))))
}

function copied(keyword: string, value: unknown): unknown {
  const kind = kinds[keyword]
  if (kind === 'schema') return schemaOrFlag(value)
  if (kind === 'schemas') return listOf(value).map(schemaOrFlag)
  return kind === 'named schemas' ? mapValues(value, schemaOrFlag) : value
}

/** `additionalProperties` may be a boolean. */
function schemaOrFlag(value: unknown): unknown {
  return isObject(value) ? publicSchema(value) : value
}

/** A union of constant texts is an `enum`. */
function merged({ anyOf, ...rest }: Json): Json {
  if (!Array.isArray(anyOf)) return rest
  const texts = anyOf.map(constantText)
  return texts.every((text) => text !== undefined) ? { ...rest, type: 'string', enum: texts } : { ...rest, anyOf }
}

function constantText(schema: unknown): string | undefined {
  if (!isObject(schema)) return undefined
  const [text, ...others] = Array.isArray(schema.enum) ? listOf(schema.enum) : [schema.const]
  return typeof text === 'string' && others.length === 0 ? text : undefined
}

function typed(schema: Json): Json {
  if (!Array.isArray(schema.enum) || 'type' in schema) return schema
  return schema.enum.every((value) => typeof value === 'string') ? { type: 'string', ...schema } : schema
}
