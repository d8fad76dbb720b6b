import type { Door } from '../door.ts'
import { problemDocuments } from '../problem.ts'
import { framesByType, tokenParameter } from '../sockets.ts'
import { ThreadClientFrame, ThreadServerFrame } from './frames.ts'

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
  errors: problemDocuments,
  tags: [
    { name: 'Shua: events', description: 'Events that hosts offer to guests, and the tags to find them by.' },
    { name: 'Shua: requests', description: "Asking to join an event, and the host's decision." },
    { name: 'Shua: threads', description: 'The group of an event, and the messages before a request is accepted.' }
  ],
  sockets: [
    {
      name: 'thread-socket',
      protocol: 'websocket',
      address: '/ws/{user_id}',
      description:
        'All threads of one person on one socket (Shua). The handshake always succeeds; a refusal then closes with 4001 (no ' +
        "token), 4002 (no such user), 4003 (bad or expired token) or 4004 (the token is another user's).",
      parameters: { user_id: { description: 'Id of the caller.' } },
      query: { token: tokenParameter },
      client: framesByType(ThreadClientFrame.anyOf),
      server: framesByType(ThreadServerFrame.anyOf)
    }
  ]
}
