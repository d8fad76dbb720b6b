import { OwnProfile } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { showOwnProfile } from '#src/users/show-profile.ts'

const schema = {
  tags: ['Identity'],
  summary: 'Your own profile (Shua)',
  description: 'An alias of `GET /auth/me`. Other people are not listed.',
  response: { 200: OwnProfile }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema }, (request) => showOwnProfile(app.people, request.user.id))
}
export default route
