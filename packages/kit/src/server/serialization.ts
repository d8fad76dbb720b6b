import fastJsonStringify from 'fast-json-stringify'
import type { FastifyInstance } from 'fastify'

type Schema = Record<string, unknown>

/**
 * Answers are written by their schemas. The names (`$id`) that schemas carry for the OpenAPI document are left out here:
 * the serializer takes a name for a reference, and refuses one that stands twice in an answer.
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
