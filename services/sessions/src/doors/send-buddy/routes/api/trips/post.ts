import { CreateTripBody, Trip } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { presentTrip } from '#src/doors/send-buddy/present-trip.ts'
import { createTrip } from '#src/trips/create-trip.ts'

const schema = {
  tags: ['Send Buddy: trips'],
  summary: 'Plan a trip',
  description:
    'The destination may be a slug alone: its name is the one of your newest trip there, or made of the slug (`red-river-gorge` is Red ' +
    'River Gorge).',
  body: CreateTripBody,
  response: { 201: Trip }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  const { clock, newId } = app.runtime
  app.post('', { schema }, async ({ body, user }, reply) => {
    const { destination, start_date: startDate, end_date: endDate } = body
    const trip = await createTrip(app.sessions.store, {
      id: newId(),
      ownerId: user.id,
      destination: typeof destination === 'string' ? { slug: destination } : destination,
      startDate,
      endDate,
      now: clock.now()
    })
    return reply.code(201).send(presentTrip(trip))
  })
}
export default route
