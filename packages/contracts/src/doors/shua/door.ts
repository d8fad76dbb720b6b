import type { Door } from '../door.ts'
import { problemDocuments } from '../problem.ts'

export const shua: Door = {
  name: 'shua',
  routes: {
    '/events': 'sessions',
    '/tags': 'sessions',
    '/requests': 'sessions',
    '/requests/:id/messages': 'chat',
    '/threads': 'chat'
  },
  invalidInput: 422,
  malformedId: 'not-found',
  idempotencyKeyReused: 422,
  errors: problemDocuments
}
