import { LoginBody, SignedIn } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { presentSignedIn } from '#src/doors/identity/present-sign-in.ts'
import { logIn } from '#src/sign-ins/log-in.ts'

const schema = {
  tags: ['Identity'],
  summary: 'Sign in with email and password',
  description: 'The refresh token comes as a cookie. Ten failures in 15 minutes, per account or per address: 429.',
  body: LoginBody,
  response: { 200: SignedIn }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.post('', { schema, config: { auth: 'none', errors: [401, 403] } }, async (request, reply) => {
    const signedIn = await logIn(app.people, { ...request.body, address: request.ip })
    return reply.setRefreshToken(signedIn.refreshToken).send(presentSignedIn(signedIn))
  })
}
export default route
