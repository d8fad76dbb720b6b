import type { Door } from '../door.ts'
import { problemDocuments } from '../problem.ts'
import { framesByType, tokenParameter } from '../sockets.ts'
import { SessionClientFrame, SessionServerFrame } from './frames.ts'

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
  errors: problemDocuments,
  tags: [
    { name: 'Notifications', description: "Each person's inbox." },
    { name: 'Send Buddy: trips', description: 'Where and when a person travels; every invitation belongs to a trip.' },
    { name: 'Send Buddy: sessions', description: 'Invitations from one person to another, and their outcome.' },
    { name: 'Send Buddy: chat', description: 'The conversation of a session.' },
    { name: 'Send Buddy: feedback', description: 'Ratings after a completed session.' }
  ],
  sockets: [
    {
      name: 'session-socket',
      protocol: 'websocket',
      address: '/ws/sessions/{session_id}',
      description:
        'The live conversation of a session (Send Buddy). The handshake always succeeds; a refusal then closes with 4001 (no ' +
        'token), 4002 (no such user), 4003 (bad or expired token) or 4004 (no such session, or not yours).',
      parameters: { session_id: { description: 'Id of a session that the caller is part of.' } },
      query: {
        token: tokenParameter,
        after_seq: {
          type: 'integer',
          minimum: 0,
          description: 'Replays every message after this one, then goes live.'
        },
        epoch: { type: 'string', description: 'The epoch of the log that `after_seq` refers to.' }
      },
      client: framesByType(SessionClientFrame.anyOf),
      server: framesByType(SessionServerFrame.anyOf)
    }
  ]
}
