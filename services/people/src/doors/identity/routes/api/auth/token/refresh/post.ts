import { RefreshedToken } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { refreshSignIn } from '#src/sign-ins/refresh-sign-in.ts'

const schema = {
  tags: ['Identity'],
  summary: 'A new access token for the refresh cookie (Send Buddy)',
  description: 'An alias of `POST /api/auth/refresh/`.',
  response: { 200: RefreshedToken }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.post('', { schema, config: { auth: 'none', errors: [401, 403] } }, async (request, reply) => {
    const { accessToken, refreshToken } = await refreshSignIn(app.people, request.refreshTokens())
    return reply.setRefreshToken(refreshToken).send({ access: accessToken })
  })
}
export default route
