import { Id, Text } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { presentToy } from '../../present.ts'

const schema = {
  tags: ['Toys'],
  summary: 'Make a toy',
  body: Type.Object({ name: Text({ max: 20 }) }),
  response: { 201: Type.Object({ id: Id, label: Type.String() }) }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.post('', { schema }, async ({ body }, reply) =>
    reply.code(201).send(presentToy({ id: app.runtime.newId(), name: body.name }))
  )
}
export default route
