import type { Door } from '../door.ts'
import { problemDocuments } from '../problem.ts'

/** Its paths have no routes yet. */
export const wingman: Door = {
  name: 'wingman',
  routes: { '/api/session': null, '/api/challenges': null, '/api/user': null },
  invalidInput: 422,
  malformedId: 'invalid-input',
  idempotencyKeyReused: 422,
  errors: problemDocuments,
  tags: []
}
