import type { AnySchema } from 'ajv'

/** A copy of a schema in which every UUID is put into lower case while it is checked. */
export function withLowercaseIds(schema: AnySchema): AnySchema {
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
