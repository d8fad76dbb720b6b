import { ChallengeList } from '@belay/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { listChallenges } from '#src/challenges/challenges.repository.ts'
import { presentChallenge } from '#src/doors/wingman/present.ts'

const schema = {
  tags: ['Wingman: sessions'],
  summary: 'List challenges',
  description: 'All of them, those with the fewest points first.',
  response: { 200: ChallengeList }
}

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.get('', { schema }, async () => {
    const challenges = (await listChallenges(app.sessions.store.db)).map(presentChallenge)
    return { challenges, count: challenges.length }
  })
}
export default route
