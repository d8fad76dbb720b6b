import type { Door } from '../door.ts'
import { problemDocuments } from '../problem.ts'

/** Sign-in and accounts where clients of the Shua API look for them, in its dialect. */
export const identity: Door = {
  name: 'identity',
  routes: { '/auth': 'people', '/users': 'people' },
  invalidInput: 422,
  malformedId: 'not-found',
  idempotencyKeyReused: 422,
  errors: problemDocuments,
  tags: [{ name: 'Identity', description: 'Accounts, sign-ins, profiles, blocks and reports.' }]
}

/** The same where clients of the Send Buddy API look for them, in its dialect; and administration. */
export const identityApi: Door = {
  ...identity,
  routes: {
    '/api/auth': 'people',
    '/api/users': 'people',
    '/api/admin/users': 'people',
    '/api/admin/reports': 'people',
    '/.well-known/jwks.json': 'people'
  },
  invalidInput: 400,
  tags: [{ name: 'Administration', description: 'For administrators.' }]
}
