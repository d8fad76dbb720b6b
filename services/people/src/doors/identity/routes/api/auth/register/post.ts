import { RegisterBody, SendBuddySignedIn } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { presentSendBuddySignedIn } from '#src/doors/identity/present-sign-in.ts'
import { register } from '#src/sign-ins/register.ts'
import { registrationOf } from '#src/users/registration.ts'

const schema = {
  tags: ['Identity'],
  summary: 'Open an account and sign in (Send Buddy)',
  description: 'As `POST /auth/register`, in the format of the Send Buddy API. The refresh token comes as a cookie.',
  body: RegisterBody,
  response: { 201: SendBuddySignedIn }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.post('', { schema, config: { auth: 'none', errors: [409] } }, async (request, reply) => {
    const signedIn = await register(app.people, request.body)
    request.awaitedAs = registrationOf(signedIn.user.id)
    return reply.setRefreshToken(signedIn.refreshToken).code(201).send(presentSendBuddySignedIn(signedIn))
  })
}
export default route
