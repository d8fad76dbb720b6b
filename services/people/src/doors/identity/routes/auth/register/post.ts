import { RegisterBody, SignedIn } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { presentSignedIn } from '#src/doors/identity/present-sign-in.ts'
import { register } from '#src/sign-ins/register.ts'
import { registrationOf } from '#src/users/registration.ts'

const schema = {
  tags: ['Identity'],
  summary: 'Open an account and sign in',
  description: 'The refresh token comes as a cookie.',
  body: RegisterBody,
  response: { 201: SignedIn }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.post('', { schema, config: { auth: 'none', errors: [409] } }, async (request, reply) => {
    const signedIn = await register(app.people, request.body)
    request.awaitedAs = registrationOf(signedIn.user.id)
    return reply.setRefreshToken(signedIn.refreshToken).code(201).send(presentSignedIn(signedIn))
  })
}
export default route
