import { ConversationsQuery, ConversationSummary, SuccessPage } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { listConversations } from '#src/conversations/list-conversations.ts'
import { limited } from '#src/doors/vibesmatch/limited.ts'
import { presentConversation } from '#src/doors/vibesmatch/present-conversations.ts'

const schema = {
  tags: ['VibesMatch: messages'],
  summary: "List the caller's conversations, the most recently active first",
  description:
    '`archived` are those whose match ended: readable, not writable. The next page begins after `cursor`. ' +
    'A sender sees `is_read` if they are premium.',
  querystring: ConversationsQuery,
  response: { 200: SuccessPage(Type.Object({ conversations: Type.Array(ConversationSummary) })) }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema }, async (request) => {
    const { store, limits } = app.chat
    const page = await limited(request, limits.conversations, () =>
      listConversations(store.db, request.user.id, request.query)
    )
    const { cursor } = page
    const conversations = page.conversations.map(presentConversation)
    return {
      success: true as const,
      data: { conversations },
      meta: { pagination: { cursor, hasMore: cursor !== null } }
    }
  })
}
export default route
