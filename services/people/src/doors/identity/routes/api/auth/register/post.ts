import { RegisterBody, SendBuddySignedIn } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { registerUser } from '#src/users/register-user.ts'
import { registrationOf } from '#src/users/registration.ts'

const schema = {
  tags: ['Identity'],
  summary: 'Open an account and sign in (Send Buddy)',
  description: 'As `POST /auth/register`, in the words of the Send Buddy API. The refresh token comes as a cookie.',
  body: RegisterBody,
  response: { 201: SendBuddySignedIn }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.post('', { schema, config: { auth: 'none', errors: [409] } }, async (request, reply) => {
    const { body, profile, refreshToken } = await registerUser(app.people, request.body)
    request.awaitedAs = registrationOf(body.user_id)
    return reply.setRefreshToken(refreshToken).code(201).send({ user: profile, access: body.access_token })
  })
}
export default route
