import {
  ConversationMessage,
  ConversationMessagesQuery,
  Id,
  isUuid,
  SuccessPage,
  toConversationMessage
} from '@belay/contracts'
import { InvalidInput } from '@belay/kit'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { readConversation } from '#src/conversations/read-conversation.ts'
import { toError } from '#src/doors/vibesmatch/errors.ts'
import { limited } from '#src/doors/vibesmatch/limited.ts'
import { ConversationNotFound } from '#src/errors.ts'

const schema = {
  tags: ['VibesMatch: messages'],
  summary: 'Read the messages of a conversation, oldest first',
  description:
    'The newest ones by default; `cursor` is the id of the oldest message of a page, and older ones follow. ' +
    'A sender sees `is_read` and `read_at` if they are premium.',
  params: Type.Object({ id: Id }),
  querystring: ConversationMessagesQuery,
  response: { 200: SuccessPage(Type.Object({ messages: Type.Array(ConversationMessage) })) }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema, config: { notFound: ConversationNotFound } }, async (request) => {
    const { store, limits } = app.chat
    const { cursor, limit } = request.query
    const range = { conversationId: request.params.id, viewerId: request.user.id, before: cursor, limit }
    return limited(request, limits.conversationMessages, async () => {
      if (cursor !== undefined && !isUuid(cursor)) throw unknownCursor()
      const read = await readConversation(store.db, range)
      if (!read.ok) throw read.reason === 'message_not_found' ? unknownCursor() : toError(read)
      const { messages, hasMore } = read
      const pagination = { cursor: messages[0]?.id ?? null, hasMore }
      return { success: true as const, data: { messages: messages.map(toConversationMessage) }, meta: { pagination } }
    })
  })
}
export default route

function unknownCursor(): InvalidInput {
  const message = 'must be the id of a message of this conversation'
  return new InvalidInput(`cursor: ${message}`, [{ field: 'cursor', message }])
}
