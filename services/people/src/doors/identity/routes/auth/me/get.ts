import { OwnProfile } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { presentOwnProfile } from '#src/doors/identity/present-user.ts'
import { findOwnProfile } from '#src/profiles/find-profile.ts'

const schema = {
  tags: ['Identity'],
  summary: 'Your own profile',
  description: 'As `GET /api/users/me/`.',
  response: { 200: OwnProfile }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema }, async ({ user }) => presentOwnProfile(await findOwnProfile(app.people, user.id)))
}
export default route
