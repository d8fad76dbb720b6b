import { OwnProfile, UpdateProfileBody } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { updateProfile } from '#src/users/update-profile.ts'

const schema = {
  tags: ['Identity'],
  summary: 'Change your own profile',
  description: '`avatar` is the first of `profile_photos`: a new one takes its place, and null takes it away.',
  body: UpdateProfileBody,
  response: { 200: OwnProfile }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.patch('', { schema }, (request) => updateProfile(app.people, request.user.id, request.body))
}
export default route
