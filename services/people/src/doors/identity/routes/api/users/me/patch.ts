import { OwnProfile, UpdateProfileBody } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { presentOwnProfile } from '#src/doors/identity/present-user.ts'
import { updateProfile } from '#src/profiles/update-profile.ts'

const schema = {
  tags: ['Identity'],
  summary: 'Change your own profile',
  description: '`avatar` is the first of `profile_photos`: a new one takes its place, and null takes it away.',
  body: UpdateProfileBody,
  response: { 200: OwnProfile }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.patch('', { schema }, async ({ user, body }) => presentOwnProfile(await updateProfile(app.people, user.id, body)))
}
export default route
