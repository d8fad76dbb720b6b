import { STATUS_CODES } from 'node:http'
import type { Door } from '@belay/contracts'
import { addComponents, isObject, type Json, listOf, mapOperations, objectOf, type Place } from './document.ts'
import { hasIdempotency, headers, isForUsers } from './headers.ts'
import { publicSchema } from './public-schema.ts'

/** Where a route names further errors that it returns, until they are described. */
export const furtherErrors = 'x-further-errors'

/**
 * Adds to every operation of an OpenAPI document the errors that it may return, in the dialect of its path: those that
 * follow from what it takes, and those that its route names.
 */
export function describeErrors(document: Json, doorOf: (path: string) => Door): Json {
  const schemas: Json = {}
  const described = mapOperations(document, ({ [furtherErrors]: further, ...operation }, place) => {
    const door = doorOf(place.path)
    schemas[door.errors.schemaName] ??= publicSchema(door.errors.schema)
    const statuses = ['default', ...statusesOf(operation, place, door), ...listOf(further).map(String)]
    const errors = Object.fromEntries(statuses.map((status) => [status, responseOf(status, door)]))
    return { ...operation, responses: { ...errors, ...objectOf(operation.responses) } }
  })
  return addComponents(described, { schemas })
}

function statusesOf(operation: Json, place: Place, { invalidInput: invalid, malformedId }: Door): string[] {
  const takes = (kind: string) =>
    listOf(operation.parameters).some((parameter) => isObject(parameter) && parameter.in === kind)
  const statuses = [
    ...(isForUsers(operation) ? [401, 403] : []),
    ...(takes('path') ? [404] : []),
    ...(takes('path') && malformedId === 'invalid-input' ? [invalid] : []),
    ...(takes('query') ? [invalid] : []),
    ...(isObject(operation.requestBody) ? [invalid, 400, 413, 415] : []),
    ...(hasIdempotency(operation, place) ? [invalid, 409] : []),
    429,
    503
  ]
  return statuses.map(String)
}

function responseOf(status: string, { errors: { mediaType, schemaName } }: Door): Json {
  return {
    description: STATUS_CODES[status] ?? 'Another error',
    ...headersOf(status),
    content: { [mediaType]: { schema: { $ref: `#/components/schemas/${schemaName}` } } }
  }
}

function headersOf(status: string): Json {
  if (status === '503') return { headers: headers('Retry-After') }
  return status === '429' ? { headers: headers('Retry-After', 'RateLimit', 'RateLimit-Policy') } : {}
}
