import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import '../auth/route-access.ts'
import { describeErrors } from './describe-errors.ts'
import { optionalBodies } from './optional-bodies.ts'

/** Describes the routes that are registered after this as OpenAPI 3.1, at `/openapi.json`. */
export function installOpenApi(app: FastifyInstance, service: string): void {
  app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: `Belay: ${service}`, version: '1' },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
      security: [{ bearer: [] }]
    },
    // Named by what it is: documents of several services are merged, and a number would mean something else in each.
    refResolver: {
      buildLocalReference: ({ $id }, _baseUri, _fragment, index) => (typeof $id === 'string' ? $id : `def-${index}`)
    },
    transform: ({ schema, url, route }) => ({
      schema: route.config?.auth === 'none' ? { ...schema, security: [] } : schema,
      url
    })
  })
  let document: unknown
  app.get('/openapi.json', { config: { auth: 'none' }, schema: { hide: true } }, async () => {
    document ??= optionalBodies(describeErrors({ ...app.swagger() }))
    return document
  })
}
