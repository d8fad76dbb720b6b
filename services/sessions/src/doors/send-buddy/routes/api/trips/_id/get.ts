import { Id, Trip } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { presentTrip } from '#src/doors/send-buddy/present-trip.ts'
import { TripNotFound } from '#src/errors.ts'
import { findTripOf } from '#src/trips/trips.repository.ts'

const schema = {
  tags: ['Send Buddy: trips'],
  summary: "Read one of the caller's trips",
  description: 'Trips of other people are not found.',
  params: Type.Object({ id: Id }),
  response: { 200: Trip }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema, config: { notFound: TripNotFound } }, async ({ params, user }) => {
    const trip = await findTripOf(app.sessions.store.db, user.id, params.id)
    if (!trip) throw new TripNotFound()
    return presentTrip(trip)
  })
}
export default route
