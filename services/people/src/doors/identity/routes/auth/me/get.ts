import { OwnProfile } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { showOwnProfile } from '#src/users/show-profile.ts'

const schema = {
  tags: ['Identity'],
  summary: 'Your own profile',
  description: 'As `GET /api/users/me/`.',
  response: { 200: OwnProfile }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema }, (request) => showOwnProfile(app.people, request.user.id))
}
export default route
