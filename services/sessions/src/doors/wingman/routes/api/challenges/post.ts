import { Challenge, CreateChallengeBody } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { addChallenge } from '#src/challenges/add-challenge.ts'
import { presentChallenge } from '#src/doors/wingman/present.ts'

const schema = {
  tags: ['Wingman: sessions'],
  summary: 'Add a challenge',
  description: 'For administrators. There can be 500 challenges.',
  body: CreateChallengeBody,
  response: { 201: Challenge }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  const { clock, newId } = app.runtime
  app.post('', { schema, config: { auth: 'admin', errors: [409] } }, async ({ body }, reply) => {
    const { title, description, difficulty, points } = body
    const challenge = { id: newId(), title, description, difficulty, points, created_at: clock.now() }
    await addChallenge(app.sessions.store, challenge)
    return reply.code(201).send(presentChallenge(challenge))
  })
}
export default route
