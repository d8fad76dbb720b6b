import { Id, PublicProfile } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { UserNotFound } from '#src/errors.ts'
import { showProfile } from '#src/users/show-profile.ts'

const schema = {
  tags: ['Identity'],
  summary: "Somebody's profile",
  description: 'Across a block, by whichever of the two, there is nobody.',
  params: Type.Object({ id: Id }),
  response: { 200: PublicProfile }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema, config: { notFound: UserNotFound } }, (request) =>
    showProfile(app.people, { viewerId: request.user.id, userId: request.params.id })
  )
}
export default route
