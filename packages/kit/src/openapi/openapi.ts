import { STATUS_CODES } from 'node:http'
import type { Door } from '@belay/contracts'
import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import type { RouteAccess } from '../auth/authentication.ts'
import { describeErrors, furtherErrors } from './describe-errors.ts'
import { addComponents, isObject, type Json, mapOperations, mapValues, objectOf, type Place } from './document.ts'
import { describeHeaders } from './headers.ts'
import { optionalInputs } from './optional-inputs.ts'
import { publicSchema } from './public-schema.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Statuses of errors that the route returns beyond those derived from its input, for its description. */
    errors?: readonly number[]
  }
}

/** Describes the routes that are registered after this as OpenAPI 3.1, at `/openapi.json`. */
export function installOpenApi(app: FastifyInstance, service: string, doorOf: (path: string) => Door): void {
  app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: `Belay: ${service}`, version: '1' },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
      security: [{ bearer: [] }]
    },
    // Named by content: documents of several services are merged, and a number would mean something else in each.
    refResolver: {
      buildLocalReference: ({ $id }, _baseUri, _fragment, index) => (typeof $id === 'string' ? $id : `def-${index}`)
    },
    transform: ({ schema, url, route }) => ({
      schema: {
        ...schema,
        security: schema?.security ?? securityOf(route.config?.auth),
        [furtherErrors]: route.config?.errors ?? []
      },
      url
    })
  })
  let document: unknown
  app.get('/openapi.json', { config: { auth: 'none' }, schema: { hide: true } }, async () => {
    document ??= published({ ...app.swagger() }, doorOf)
    return document
  })
}

function securityOf(access: RouteAccess = 'user'): { [scheme: string]: string[] }[] {
  if (access === 'none') return []
  return access === 'optional' ? [{}, { bearer: [] }] : [{ bearer: [] }]
}

/** Turns Fastify's description of the routes into the public document. */
function published(document: Json, doorOf: (path: string) => Door): Json {
  const named = mapOperations(document, (operation, place) => {
    const shown = withPublicSchemas(operation)
    return { operationId: operationId(place), ...shown, responses: mapValues(shown.responses, withStatusText) }
  })
  const { schemas } = objectOf(document.components)
  const cleaned = addComponents(named, { schemas: mapValues(schemas, (schema) => publicSchema(objectOf(schema))) })
  return describeErrors(describeHeaders(optionalInputs(cleaned)), doorOf)
}

function withPublicSchemas(value: Json): Json {
  return mapValues(value, (inner, key) => (key === 'schema' ? publicSchema(objectOf(inner)) : mapInner(inner)))
}

function mapInner(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(mapInner)
  return isObject(value) ? withPublicSchemas(value) : value
}

/** Fastify describes every response as the "Default Response". */
function withStatusText(response: unknown, status: string): Json {
  return { ...objectOf(response), description: STATUS_CODES[status] ?? status }
}

/**
 * The name of an operation in generated clients: the method and the path, `POST /api/sessions/{id}/mark-read` is
 * `postApiSessionsByIdMarkRead`. As stable as the path.
 */
function operationId({ method, path }: Place): string {
  const parts = path.split('/').map((part) => (part.startsWith('{') ? `By ${part}` : part))
  return method + parts.map(toPascalCase).join('')
}

function toPascalCase(text: string): string {
  const words = text.split(/[^A-Za-z0-9]+/).filter((word) => word !== '')
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
}
