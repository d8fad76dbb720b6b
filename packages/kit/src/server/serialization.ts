import fastJsonStringify from 'fast-json-stringify'
import type { FastifyInstance } from 'fastify'

type Schema = Record<string, unknown>

/**
 * Responses are serialized by their schemas, without the names (`$id`) that schemas have for the OpenAPI document: the
 * serializer treats a name as a reference, and rejects a response schema that contains it twice.
 */
export function installSerialization(app: FastifyInstance): void {
  app.setSerializerCompiler<Schema>(({ schema }) => fastJsonStringify(withoutNames(schema)))
}

function withoutNames(schema: Schema): Schema {
  const entries = Object.entries(schema).filter(([key, value]) => key !== '$id' || typeof value !== 'string')
  return Object.fromEntries(entries.map(([key, value]) => [key, copyValue(value)]))
}

function copyValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyValue)
  return isSchema(value) ? withoutNames(value) : value
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null
}
