import { RegisterBody, SignedIn } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { registerUser } from '#src/users/register-user.ts'
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
    const { body, refreshToken } = await registerUser(app.people, request.body)
    request.awaitedAs = registrationOf(body.user_id)
    return reply.setRefreshToken(refreshToken).code(201).send(body)
  })
}
export default route
