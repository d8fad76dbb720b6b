import { BuddySessionCreated, CreateBuddySessionBody } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { scheduleBuddySession } from '#src/buddy-sessions/schedule-buddy-session.ts'
import { parseInstant } from '#src/doors/parse-instant.ts'

const schema = {
  tags: ['Wingman: sessions'],
  summary: 'Schedule a session for a match',
  description: 'By either of the two; at most one session of a match is scheduled at a time. `user1` is the lower id.',
  body: CreateBuddySessionBody,
  response: { 201: BuddySessionCreated }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  const { clock, newId } = app.runtime
  app.post('', { schema, config: { errors: [400, 403, 404, 409] } }, async ({ body, user }, reply) => {
    const session = await scheduleBuddySession(app.sessions.store, {
      id: newId(),
      matchId: body.match_id,
      userId: user.id,
      venueName: body.venue_name,
      scheduledTime: parseInstant(body.time, 'time'),
      user1ChallengeId: body.user1_challenge_id,
      user2ChallengeId: body.user2_challenge_id,
      now: clock.now()
    })
    return reply.code(201).send({
      success: true,
      session_id: session.id,
      message: `Session scheduled successfully at ${session.venue_name}`,
      scheduled_time: session.scheduled_time.toISOString(),
      venue_name: session.venue_name,
      notifications_sent: true
    })
  })
}
export default route
