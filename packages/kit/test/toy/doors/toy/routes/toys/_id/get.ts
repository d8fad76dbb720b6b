import { Id } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { presentToy } from '../../../present.ts'

const schema = { tags: ['Toys'], summary: 'Look at a toy', params: Type.Object({ id: Id }) }

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema }, async ({ params }) => presentToy({ id: params.id, name: 'bear' }))
}
export default route
