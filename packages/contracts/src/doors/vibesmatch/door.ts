import { Type } from 'typebox'
import type { Door } from '../door.ts'
import { directClientEvents, directServerEvents } from './frames.ts'

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
  ],
  sockets: [
    {
      name: 'direct-socket',
      protocol: 'engine.io',
      address: '/socket.io',
      description:
        'The conversations of one person over Socket.IO 4, by polling, WebSocket or both (VibesMatch). The access token is sent as ' +
        '`auth: { token }` of the handshake or with `authenticate`, within 10 s; `authenticated` follows, or `unauthorized` ' +
        'and the end of the connection. The payloads are the arguments of events. An acknowledgement has the envelope of ' +
        '`/api/v1`: `{ success: true, data }` or `{ success: false, error: { code, message } }`.',
      parameters: {},
      query: {},
      client: directClientEvents,
      server: directServerEvents
    }
  ]
}
