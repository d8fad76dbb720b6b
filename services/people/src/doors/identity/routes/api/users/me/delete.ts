import { AccountErased, DeleteAccountBody } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { eraseAccount } from '#src/erasure/erase-account.ts'

const schema = {
  tags: ['Identity'],
  summary: 'Erase your account',
  description:
    'Needs the password. Every service deletes your personal data; your messages stay for the others, without your name.',
  body: DeleteAccountBody,
  response: { 202: AccountErased }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.delete('', { schema, config: { admitsErased: true, idempotency: 'by-route' } }, async (request, reply) => {
    const { password } = request.body
    await eraseAccount(app.people, { userId: request.user.id, password, address: request.ip })
    return reply.clearRefreshToken().code(202).send({ message: 'Account deleted' })
  })
}
export default route
