import { Page, PageQuery, Trip } from '@belay/contracts'
import { presentPage, requestUrl } from '@belay/kit'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { listTrips } from '#src/trips/list-trips.ts'
import { presentTrip } from '#src/trips/trip.ts'

const schema = {
  tags: ['Send Buddy: trips'],
  summary: "List the caller's trips, the latest first",
  description: 'In pages of `page_size`.',
  querystring: Type.Object(PageQuery),
  response: { 200: Page(Trip) }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema }, async (request) => {
    const page = await listTrips(app.plans.store.db, request.user.id, request.query)
    return presentPage(page, requestUrl(request), presentTrip)
  })
}
export default route
