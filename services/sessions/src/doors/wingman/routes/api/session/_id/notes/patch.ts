import { Id, SessionNotesRequest, SessionNotesUpdated } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { writeNotes } from '#src/buddy-sessions/write-notes.ts'

const schema = {
  tags: ['Wingman: sessions'],
  summary: 'Replace the shared notes of a session',
  description: 'By either of the two, unless one blocked the other. Markup is removed; an empty text clears the notes.',
  params: Type.Object({ id: Id }),
  body: SessionNotesRequest,
  response: { 200: SessionNotesUpdated }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.patch('', { schema, config: { errors: [403, 404] } }, async ({ params, body, user }) => {
    const now = app.runtime.clock.now()
    const input = { sessionId: params.id, userId: user.id, notes: body.notes, now }
    const notes = await writeNotes(app.sessions.store, input)
    return {
      success: true as const,
      message: 'Notes updated successfully',
      notes,
      updated_notes: notes,
      updated_at: now.toISOString()
    }
  })
}
export default route
