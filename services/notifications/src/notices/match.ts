import type { EventOf, MatchCreated } from '@belay/contracts'
import type { Notice } from './notice.ts'

/** To the one of the two who did not make the match; opens their conversation, which has the match's id. */
export function created({ id, data }: EventOf<typeof MatchCreated>): Notice[] {
  const { match_id, user_ids, actor_id } = data
  const others = user_ids.filter((userId) => userId !== actor_id)
  return others.map((to) => ({
    type: 'match_created',
    to,
    about: actor_id,
    words: {},
    url: `/conversations/${match_id}`,
    data: { match_id, conversation_id: match_id },
    causeEventId: id
  }))
}
