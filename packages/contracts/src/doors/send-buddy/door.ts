import type { Door } from '../door.ts'
import { problemDocuments } from '../problem.ts'

export const sendBuddy: Door = {
  name: 'send-buddy',
  routes: {
    '/api/trips': 'sessions',
    '/api/sessions': 'sessions',
    '/api/sessions/:id/messages': 'chat',
    '/api/sessions/:id/mark-read': 'chat',
    '/api/feedback': 'sessions',
    '/api/notifications': 'notifications'
  },
  invalidInput: 400,
  malformedId: 'not-found',
  idempotencyKeyReused: 422,
  errors: problemDocuments
}
