import { CreatedSession, CreateSessionBody } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { presentCreated } from '#src/doors/send-buddy/present-session.ts'
import { createInvitation } from '#src/sessions/create-invitation.ts'

const schema = {
  tags: ['Send Buddy: sessions'],
  summary: 'Invite a person to climb on a day of a trip',
  description: 'At most one pending or accepted session per inviter, invitee and day; ten invitations an hour.',
  body: CreateSessionBody,
  response: { 201: CreatedSession }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  const { clock, newId } = app.runtime
  app.post('', { schema, config: { errors: [404] } }, async ({ body, user }, reply) => {
    const session = await createInvitation(app.sessions.store, {
      id: newId(),
      inviterId: user.id,
      inviteeId: body.invitee_id,
      tripId: body.trip_id,
      day: body.proposed_date,
      time_block: body.time_block,
      crag: body.crag ?? '',
      goal: body.goal ?? '',
      now: clock.now(),
      limit: app.sessions.invitationLimit
    })
    return reply.code(201).send(presentCreated(session))
  })
}
export default route
