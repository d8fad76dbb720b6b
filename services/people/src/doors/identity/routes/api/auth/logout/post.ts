import { Confirmation } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { logOut } from '#src/sign-ins/log-out.ts'

const schema = {
  tags: ['Identity'],
  summary: 'Sign out',
  description: 'Ends the sign-in of the refresh cookie, its open sockets included.',
  response: { 200: Confirmation }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.post('', { schema, config: { auth: 'none' } }, async (request, reply) => {
    await logOut(app.people, { refreshTokens: request.refreshTokens() })
    return reply.clearRefreshToken().send({ message: 'Logged out successfully' })
  })
}
export default route
