import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { logOut } from '#src/sign-ins/log-out.ts'

const schema = {
  tags: ['Identity'],
  summary: 'Sign out',
  description: 'Ends the sign-in of the refresh cookie, its open sockets included.',
  response: { 204: Type.Null() }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.post('', { schema, config: { auth: 'none' } }, async (request, reply) => {
    await logOut(app.people, request.refreshTokens())
    return reply.clearRefreshToken().code(204).send(null)
  })
}
export default route
