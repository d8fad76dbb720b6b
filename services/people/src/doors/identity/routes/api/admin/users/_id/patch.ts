import { Id, UpdateUserAsAdminBody, UserAsAdmin } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { presentUserAsAdmin } from '#src/doors/identity/present-user.ts'
import { UserNotFound } from '#src/errors.ts'
import { updateUserAsAdmin } from '#src/users/update-user-as-admin.ts'

const schema = {
  tags: ['Administration'],
  summary: "Change a person's tier, or disable their account",
  description: 'Takes effect at once everywhere: a disabled person gets 403 on every call, and their sockets close.',
  params: Type.Object({ id: Id }),
  body: UpdateUserAsAdminBody,
  response: { 200: UserAsAdmin }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.patch('', { schema, config: { auth: 'admin', notFound: UserNotFound } }, async ({ user, params, body }) =>
    presentUserAsAdmin(await updateUserAsAdmin(app.people, { adminId: user.id, userId: params.id, changes: body }))
  )
}
export default route
