import { Page, PageQuery, Trip } from '@belay/contracts'
import { presentPage, readPage, requestUrl } from '@belay/kit'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { presentTrip } from '#src/doors/send-buddy/present-trip.ts'
import { countTripsOf, listTripsOf } from '#src/trips/trips.repository.ts'

const schema = {
  tags: ['Send Buddy: trips'],
  summary: "List the caller's trips, the latest first",
  description: 'In pages of `page_size`.',
  querystring: Type.Object(PageQuery),
  response: { 200: Page(Trip) }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  const { db } = app.sessions.store
  app.get('', { schema }, async (request) => {
    const ownerId = request.user.id
    const page = await readPage(request.query, {
      count: () => countTripsOf(db, ownerId),
      list: (range) => listTripsOf(db, ownerId, range)
    })
    return presentPage(page, requestUrl(request), presentTrip)
  })
}
export default route
