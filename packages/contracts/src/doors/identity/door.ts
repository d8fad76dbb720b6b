import type { Door } from '../door.ts'
import { problemDocuments } from '../problem.ts'

/** Sign-in and accounts at the paths that clients of the Shua API use, in its dialect. */
export const identity: Door = {
  name: 'identity',
  routes: { '/auth': 'people', '/users': 'people' },
  invalidInput: 422,
  malformedId: 'not-found',
  idempotencyKeyReused: 422,
  errors: problemDocuments,
  tags: [{ name: 'Identity', description: 'Accounts, sign-ins, profiles, blocks and reports.' }]
}

/** The same at the paths that clients of the Send Buddy API use, in its dialect; and administration. */
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
