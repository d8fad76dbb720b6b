import { randomBytes } from 'node:crypto'
import scalar from '@scalar/fastify-api-reference'
import fp from 'fastify-plugin'
import { asyncApiDocument } from '#src/docs/asyncapi.ts'
import { createOpenApiSource } from '#src/docs/openapi-source.ts'

/** The version of the public API; a breaking change would need a new one. */
const version = '1'
const route = { config: { auth: 'none' } } as const

export interface DocsOptions {
  /** The URL at which clients reach the gateway. */
  publicUrl: string
}

/** The reference for people at `/docs` and `/docs/events`, for programs at `/openapi.json` and `/asyncapi.json`. */
export default fp<DocsOptions>(
  async (app, { publicUrl }) => {
    const openApi = createOpenApiSource(Object.values(app.upstreams), app.runtime.clock, { publicUrl, version })
    const asyncApi = asyncApiDocument({ publicUrl, version })
    app.get('/', route, async (_request, reply) => reply.redirect('/docs', 302))
    // Browsers request one; a missing icon is not an error.
    app.get('/favicon.ico', route, async (_request, reply) => reply.code(204).send())
    app.get('/openapi.json', route, openApi)
    app.get('/asyncapi.json', route, async () => asyncApi)
    const nonce = randomBytes(16).toString('base64url')
    const addPage = (routePrefix: `/${string}`, url: string, pageTitle: string) =>
      app.register(scalar, {
        routePrefix,
        hooks: {
          onRequest: (_request, reply, done) => done(void reply.header('content-security-policy', policy(nonce)))
        },
        configuration: {
          url,
          pageTitle,
          nonce,
          cdn: '/docs/js/scalar.js',
          // No external requests: the page works offline.
          withDefaultFonts: false,
          telemetry: false,
          hideClientButton: true,
          showDeveloperTools: 'never',
          mcp: { disabled: true },
          agent: { disabled: true }
        }
      })
    await addPage('/docs', '/openapi.json', 'Belay API reference')
    await addPage('/docs/events', '/asyncapi.json', 'Belay events and sockets')
  },
  { name: 'gateway.docs', dependencies: ['gateway.guards', 'gateway.upstreams'] }
)

/** The page may run its own script and call this origin; its components have inline styles. */
function policy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    "style-src 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'"
  ].join(';')
}
