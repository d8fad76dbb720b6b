import { BlockedUser, CursorQuery, SuccessPage } from '@belay/contracts'
import { positionsOf } from '@belay/kit'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { listBlockedUsers } from '#src/blocks/blocks.repository.ts'

const schema = {
  tags: ['VibesMatch: people'],
  summary: 'Whom you have blocked, latest first',
  description: 'The next page begins after `cursor`, which comes with this one.',
  querystring: CursorQuery,
  response: { 200: SuccessPage(Type.Object({ users: Type.Array(BlockedUser) })) }
}

const positions = positionsOf('blocked', 'text')

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema }, async ({ user, query }) => {
    const before = positions.decode(query.cursor)?.id
    const rows = await listBlockedUsers(app.people.store.db, user.id, { before, limit: query.limit + 1 })
    const page = rows.slice(0, query.limit)
    const last = page.at(-1)
    const hasMore = rows.length > page.length
    const cursor = hasMore && last ? positions.encode({ key: null, id: last.block_id }) : null
    const users = page.map((row) => ({ id: row.id, name: row.display_name, profile_photos: row.profile_photos }))
    return { success: true as const, data: { users }, meta: { pagination: { cursor, hasMore } } }
  })
}
export default route
