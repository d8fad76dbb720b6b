import { CursorQuery, Match, SuccessPage } from '@belay/contracts'
import { positionsOf } from '@belay/kit'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { presentMatch } from '#src/doors/vibesmatch/present.ts'
import { listMatches } from '#src/matches/matches.repository.ts'

const schema = {
  tags: ['VibesMatch: people'],
  summary: 'Your matches, the newest first',
  description: 'Without those that have ended. The next page begins after `cursor`, which comes with this one.',
  querystring: CursorQuery,
  response: { 200: SuccessPage(Type.Object({ matches: Type.Array(Match) })) }
}

const positions = positionsOf('matches', 'time')

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema }, async ({ user, query }) => {
    const position = positions.decode(query.cursor)
    const before = position?.key ? { created_at: position.key, id: position.id } : undefined
    const rows = await listMatches(app.people.store.db, user.id, { before, limit: query.limit + 1 })
    const page = rows.slice(0, query.limit)
    const last = page.at(-1)
    const hasMore = rows.length > page.length
    const cursor = hasMore && last ? positions.encode({ key: last.created_at.toISOString(), id: last.match_id }) : null
    const now = app.people.clock.now()
    const matches = page.map((match) => presentMatch(match, now))
    return { success: true as const, data: { matches }, meta: { pagination: { cursor, hasMore } } }
  })
}
export default route
