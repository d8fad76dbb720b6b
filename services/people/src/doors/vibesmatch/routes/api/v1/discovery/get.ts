import { CursorQuery, DiscoveredUser, SuccessPage } from '@belay/contracts'
import { positionsOf } from '@belay/kit'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { discover } from '#src/discovery/discover.ts'
import { presentPerson } from '#src/doors/vibesmatch/present.ts'

const schema = {
  tags: ['VibesMatch: people'],
  summary: 'People whom you do not know yet',
  description:
    'Those who registered last come first. Without people whom you like, match or matched, and without blocks in either ' +
    'direction; premium people do not see those again whom they wrote to. A page may have fewer people than `limit` although ' +
    '`hasMore` is true.',
  querystring: CursorQuery,
  response: { 200: SuccessPage(Type.Object({ users: Type.Array(DiscoveredUser) })) }
}

const positions = positionsOf('discovery', 'text')

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema }, async ({ user, query }) => {
    const before = positions.decode(query.cursor)?.id
    const { users, next } = await discover(app.people, user, { before, limit: query.limit })
    const now = app.people.clock.now()
    const cursor = next === null ? null : positions.encode({ key: null, id: next })
    const data = { users: users.map((person) => presentPerson(person, now)) }
    return { success: true as const, data, meta: { pagination: { cursor, hasMore: next !== null } } }
  })
}
export default route
