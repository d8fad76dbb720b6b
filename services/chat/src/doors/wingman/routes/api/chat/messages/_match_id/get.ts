import { BuddyMessagePage, Id, ListBuddyMessagesQuery } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { toError } from '#src/doors/wingman/errors.ts'
import { listMessages } from '#src/messages/list-messages.ts'

const schema = {
  tags: ['Wingman: chat'],
  summary: "Read the messages of a match's conversation",
  description: 'The newest ones by default, oldest first within a page; `cursor` goes back in time.',
  params: Type.Object({ match_id: Id }),
  querystring: ListBuddyMessagesQuery,
  response: { 200: BuddyMessagePage }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema, config: { errors: [403, 404] } }, async ({ params, query, user }) => {
    const { cursor, limit } = query
    const before = cursor === undefined ? undefined : Number(cursor)
    const range = { before, limit }
    const list = await listMessages(app.chat.store.db, { threadId: params.match_id, readerId: user.id, range })
    if (!list.ok) throw toError(list)
    const [oldest] = list.messages
    const has_more = oldest !== undefined && oldest.seq > 1
    return {
      messages: list.messages.map(({ id, thread_id, sender_id, body, created_at }) => ({
        id,
        match_id: thread_id,
        sender_id,
        message_text: body,
        created_at
      })),
      has_more,
      next_cursor: has_more ? String(oldest.seq) : null
    }
  })
}
export default route
