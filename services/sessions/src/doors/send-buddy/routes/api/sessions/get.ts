import { ListSessionsQuery, Page, SessionListItem } from '@belay/contracts'
import { presentPage, requestUrl } from '@belay/kit'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { presentListItem } from '#src/doors/send-buddy/present-session.ts'
import { listSessions } from '#src/sessions/list-sessions.ts'

const schema = {
  tags: ['Send Buddy: sessions'],
  summary: "List the caller's sessions",
  description:
    'Pending ones first, then by the last message, then by creation, newest first. Filters: `status` and `role` ' +
    '(`inviter` or `invitee`). An empty filter is none; no session has an unknown status, and an unknown role is ignored.',
  querystring: ListSessionsQuery,
  response: { 200: Page(SessionListItem) }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  const deps = { db: app.sessions.store.db, conversations: app.sessions.conversations }
  app.get('', { schema }, async (request) => {
    const { status, role } = request.query
    const filter = { userId: request.user.id, status: status || undefined, role: roleOf(role) }
    const page = await listSessions(deps, filter, request.query)
    return presentPage(page, requestUrl(request), presentListItem)
  })
}

function roleOf(text: string | undefined): 'inviter' | 'invitee' | undefined {
  return text === 'inviter' || text === 'invitee' ? text : undefined
}

export default route
