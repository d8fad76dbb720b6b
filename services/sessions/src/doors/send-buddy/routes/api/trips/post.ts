import { CreateTripBody, Trip } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { createTrip } from '#src/trips/create-trip.ts'
import { presentTrip } from '#src/trips/trip.ts'

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
    const trip = await createTrip(app.plans.store, { ...body, id: newId(), ownerId: user.id, now: clock.now() })
    return reply.code(201).send(presentTrip(trip))
  })
}
export default route
