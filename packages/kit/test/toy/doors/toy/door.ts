import type { Door } from '@belay/contracts'
import { Type } from 'typebox'

export const toyDoor: Door = {
  name: 'toy',
  routes: { '/toys': 'chat', '/toys/:id/parts': 'sessions' },
  invalidInput: 422,
  malformedId: 'invalid-input',
  idempotencyKeyReused: 400,
  errors: {
    mediaType: 'application/vnd.toy+json',
    schema: Type.Object({ oops: Type.String() }),
    schemaName: 'Oops',
    body: ({ code, detail }) => ({ oops: `${code}: ${detail}` })
  },
  tags: [{ name: 'Toys', description: 'What there is to play with.' }],
  sockets: [
    {
      name: 'toy-socket',
      protocol: 'engine.io',
      address: '/toy-stream/{id}',
      description: 'What becomes of a toy.',
      parameters: { id: { description: 'Id of a toy.' } },
      query: {},
      client: {},
      server: {}
    }
  ]
}
