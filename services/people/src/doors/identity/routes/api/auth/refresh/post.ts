import { RefreshedToken } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { refreshSignIn } from '#src/sign-ins/refresh-sign-in.ts'

const schema = {
  tags: ['Identity'],
  summary: 'A new access token for the refresh cookie',
  description:
    'The cookie is replaced. One that is sent again within 30 seconds of its replacement still counts (two tabs, a lost answer); later it ends its whole sign-in.',
  response: { 200: RefreshedToken }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.post('', { schema, config: { auth: 'none', errors: [401, 403] } }, async (request, reply) => {
    const { accessToken, refreshToken } = await refreshSignIn(app.people, request.refreshTokens())
    return reply.setRefreshToken(refreshToken).send({ access: accessToken })
  })
}
export default route
