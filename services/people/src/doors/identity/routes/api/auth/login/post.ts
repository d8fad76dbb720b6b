import { LoginBody, SendBuddySignedIn } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { presentSendBuddySignedIn } from '#src/doors/identity/present-sign-in.ts'
import { logIn } from '#src/sign-ins/log-in.ts'

const schema = {
  tags: ['Identity'],
  summary: 'Sign in with email and password (Send Buddy)',
  description: 'As `POST /auth/login`, in the format of the Send Buddy API. The refresh token comes as a cookie.',
  body: LoginBody,
  response: { 200: SendBuddySignedIn }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.post('', { schema, config: { auth: 'none', errors: [401, 403] } }, async (request, reply) => {
    const signedIn = await logIn(app.people, { ...request.body, address: request.ip })
    return reply.setRefreshToken(signedIn.refreshToken).send(presentSendBuddySignedIn(signedIn))
  })
}
export default route
