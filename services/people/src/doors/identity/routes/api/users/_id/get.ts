import { Id, PublicProfile } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { presentPublicProfile } from '#src/doors/identity/present-user.ts'
import { UserNotFound } from '#src/errors.ts'
import { findProfile } from '#src/profiles/find-profile.ts'

const schema = {
  tags: ['Identity'],
  summary: "Another person's profile",
  description: 'Across a block, by either of the two, the person is not found.',
  params: Type.Object({ id: Id }),
  response: { 200: PublicProfile }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema, config: { notFound: UserNotFound } }, async ({ user, params }) =>
    presentPublicProfile(await findProfile(app.people, { viewerId: user.id, userId: params.id }))
  )
}
export default route
