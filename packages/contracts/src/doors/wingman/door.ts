import type { Door } from '../door.ts'
import { problemDocuments } from '../problem.ts'

export const wingman: Door = {
  name: 'wingman',
  routes: {
    '/api/session': 'sessions',
    '/api/challenges': 'sessions',
    '/api/user': 'sessions',
    '/api/chat': 'chat',
    '/api/buddy': 'people'
  },
  invalidInput: 422,
  malformedId: 'invalid-input',
  idempotencyKeyReused: 422,
  errors: problemDocuments,
  tags: [
    {
      name: 'Wingman: sessions',
      description: 'Sessions of two people who matched, each with a challenge; both confirm each other afterwards.'
    },
    { name: 'Wingman: chat', description: "The match's conversation, and answering a match." }
  ]
}
