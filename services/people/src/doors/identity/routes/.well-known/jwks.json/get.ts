import { Jwks } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'

const schema = {
  tags: ['Identity'],
  summary: 'The public keys of access tokens (RFC 7517)',
  description:
    'For services that verify access tokens themselves. Cacheable for five minutes; a new key is published before it signs.',
  response: { 200: Jwks }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema, config: { auth: 'none' } }, async (_request, reply) => {
    const keys = await app.people.keys.listPublicKeys()
    return reply.header('cache-control', 'public, max-age=300').send({ keys })
  })
}
export default route
