import { Id, Trip } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { TripNotFound } from '#src/errors.ts'
import { getTrip } from '#src/trips/get-trip.ts'
import { presentTrip } from '#src/trips/trip.ts'

const schema = {
  tags: ['Send Buddy: trips'],
  summary: 'Read one of the own trips',
  description: 'Trips of other people are not found.',
  params: Type.Object({ id: Id }),
  response: { 200: Trip }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema, config: { notFound: TripNotFound } }, async ({ params, user }) =>
    presentTrip(await getTrip(app.plans.store.db, user.id, params.id))
  )
}
export default route
