import { Type } from 'typebox'
import type { Door } from '../door.ts'

const Failure = Type.Object({
  success: Type.Literal(false),
  error: Type.Object({ code: Type.String(), message: Type.String() })
})

/** The API has one code for every kind of invalid input. */
const codes: Readonly<Record<string, string>> = { INVALID_JSON: 'VALIDATION_ERROR', BAD_REQUEST: 'VALIDATION_ERROR' }

export const vibesMatch: Door = {
  name: 'vibesmatch',
  routes: {
    '/api/v1': null,
    '/api/v1/users': 'people',
    '/api/v1/matches': 'people',
    '/api/v1/discovery': 'people',
    '/api/v1/messages': 'chat',
    '/api/v1/conversations': 'chat'
  },
  realtime: { '/socket.io': 'engine.io' },
  invalidInput: 400,
  malformedId: 'not-found',
  idempotencyKeyReused: 400,
  errors: {
    mediaType: 'application/json',
    schema: Failure,
    schemaName: 'VibesMatchFailure',
    body: ({ code, detail }) => ({ success: false, error: { code: codes[code] ?? code, message: detail } })
  },
  tags: [
    { name: 'VibesMatch: people', description: 'Likes, matches, discovery, blocks and reports.' },
    { name: 'VibesMatch: messages', description: 'Message requests, messages and conversations of two people.' }
  ]
}
