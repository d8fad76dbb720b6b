import { Confirmation } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { logOut } from '#src/sign-ins/log-out.ts'

const schema = {
  tags: ['Identity'],
  summary: 'Sign out by access token',
  description:
    'Ends the sign-in of the access token, its open sockets included. Browsers do not send the refresh cookie to this ' +
    'path; a client that sends it ends the sign-in of the cookie as well. Without either there is nothing to end.',
  response: { 200: Confirmation }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.post('', { schema, config: { auth: 'optional' } }, async (request, reply) => {
    const { currentUser, signInId } = request
    const access = currentUser && signInId !== undefined ? { access: { userId: currentUser.id, signInId } } : {}
    await logOut(app.people, { refreshTokens: request.refreshTokens(), ...access })
    return reply.clearRefreshToken().send({ message: 'Logged out successfully' })
  })
}
export default route
