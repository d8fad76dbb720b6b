import { OwnProfile } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { showOwnProfile } from '#src/users/show-profile.ts'

const schema = {
  tags: ['Identity'],
  summary: 'Your own profile',
  description: 'With the email address and the birthdate, which others do not see.',
  response: { 200: OwnProfile }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema }, (request) => showOwnProfile(app.people, request.user.id))
}
export default route
